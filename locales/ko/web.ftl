# The web chat's own texts: its page, and why a request was refused.
# Keys `web-error-*` are answers of the server; every other key goes to the page as it is, so it takes no argument.

web-title = 두피
web-subtitle = 두피 상담
web-language-tag = ko
web-korean = 한국어
web-english = English
web-no-script = 이 상담은 자바스크립트가 필요해요. 브라우저 설정에서 켠 뒤 새로고침해 주세요.

web-log = 상담 대화
web-you = 나
web-dupi = 두피
web-working = 두피가 살펴보고 있어요
web-jump = 최근 메시지로

web-say = 메시지를 입력하세요
web-send = 보내기
web-menu = 메뉴
web-language = 언어
web-erase = 모두 지우기

web-add-photo = 사진 넣기
web-choose-photo = 사진 고르기
web-take-photo = 사진 찍기
web-drop-hint = 사진을 끌어다 놓거나 붙여 넣어도 돼요.
web-drop-here = 여기에 사진을 놓으세요
web-photo = 보낸 사진
web-photo-erased = 보관하지 않은 사진
web-photo-sending = 사진을 보내는 중이에요
web-photo-not-sent = 사진을 보내지 못했어요.
web-photo-too-large = 20MB보다 큰 사진은 받을 수 없어요. 더 작은 사진을 골라 주세요.
web-try-again = 다시 보내기
web-discard = 그만두기

web-card-open = 크게 보기
web-card-save = 저장하기
web-card-erased = 결과 카드를 더 이상 볼 수 없어요

web-connection-lost = 연결이 끊겼어요. 다시 연결하고 있어요…
web-not-sent = 전해지지 않았어요. 연결을 확인하고 다시 한 번 눌러 주세요.
web-close = 닫기

web-erased-title = 모두 지웠어요
web-erased = 사진, 답변, 대화를 모두 지웠어요. 남아 있는 것은 없어요.
web-start-again = 새로 시작하기

web-error-unknown = 처리하지 못했어요. 잠시 뒤 다시 시도해 주세요.
web-error-not-found = 찾는 것이 여기에 없어요.
web-error-not-understood = 요청을 이해하지 못했어요. 페이지를 새로고침해 주세요.
web-error-foreign = 이 주소에서는 상담을 열 수 없어요. 두피가 시작할 때 알려 준 주소로 열어 주세요.
web-error-no-session = 이 대화는 더 이상 여기에 없어요. 새로 시작해 주세요.
web-error-text-too-long = 글이 너무 길어요. 조금 나누어 보내 주세요.
web-error-file-too-large = { $limit }MB보다 큰 사진은 받을 수 없어요. 더 작은 사진을 골라 주세요.
web-error-interrupted = 사진이 끝까지 도착하지 않았어요. 다시 보내 주세요.
web-error-unavailable = 지금은 저장할 수 없어요. 잠시 뒤 다시 시도해 주세요.
web-error-not-writable = 저장 공간이 가득 찼거나 쓸 수 없어요. 자리를 만든 뒤 다시 시도해 주세요.
