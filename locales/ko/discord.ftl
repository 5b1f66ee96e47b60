# 디스코드에만 있는 말.

discord-option-photo = 사진
discord-option-photo-description = 두피 사진 (JPEG, PNG, WebP)

discord-choose = 눌러서 골라 주세요
discord-write = 직접 쓰기
discord-words-title = 덧붙일 말
discord-words-label = 더 알려 주고 싶은 것
discord-question-title = 궁금한 것 물어보기
discord-question-label = 두피 관리에 대해 궁금한 것

discord-photo-by-command = 사진은 /상담 명령의 ‘사진’ 칸에 올려 주세요. 저에게 다이렉트 메시지로 보내셔도 돼요. 채널에 올리면 다른 사람도 보게 되니 올리지 마세요.

discord-go-on-in-direct = 상담은 다이렉트 메시지로 이어 갈게요. 다이렉트 메시지를 확인해 주세요.
discord-direct-closed = 다이렉트 메시지를 보낼 수 없었어요. 이 서버의 ‘개인정보 보호 설정’에서 다이렉트 메시지를 허용한 뒤에 다시 말을 걸어 주세요.
discord-something-waits = { $person } 님, 드릴 말씀이 있는데 다이렉트 메시지를 보낼 수 없었어요. 다이렉트 메시지를 허용하거나 여기서 /상담 명령을 다시 보내 주세요.

discord-off = 디스코드에서는 개인 상담을 하지 않아요. 대신 누구에게나 도움이 되는 두피 관리 방법을 알려 드릴게요.
discord-nothing-known = 이제 쓸 수 없는 명령이나 버튼이에요. /상담 명령으로 시작해 주세요.
