# 메신저에만 있는 것: 명령의 이름과 설명, 작별 인사.

messenger-command-name-consult = 상담
messenger-command-name-delete = 삭제
messenger-command-name-privacy = 개인정보
messenger-command-name-language = 언어
messenger-command-name-help = 도움말
messenger-command-name-cancel = 취소

messenger-command-consult = 두피 상담을 이어 가거나 새로 시작해요
messenger-command-delete = 보관한 것을 모두 지워요 (한 번 더 여쭤봐요)
messenger-command-privacy = 무엇을 왜 보관하는지 알려 드려요
messenger-command-language = 언어를 바꿔요
messenger-command-help = 두피(Dupi)가 무엇을 하는지 알려 드려요
messenger-command-cancel = 하던 상담을 멈춰요

messenger-erased = 모두 지웠어요. 대화, 답변, 사진, 결과 카드를 더는 보관하지 않아요. 그동안 함께해 주셔서 고마워요. 언제든 다시 시작하실 수 있어요.

messenger-button-gone = 이제 쓸 수 없는 버튼이에요. /consult 를 보내면 이어서 할 수 있어요.
messenger-group-hint = 상담은 저와 둘이서만 나눠요. 아래 버튼을 눌러 개인 대화에서 이야기해 주세요.
messenger-group-button = 개인 대화 열기
messenger-description =
    두피를 가까이에서 찍은 사진과 짧은 설문으로 여섯 가지 두피 상태를 살펴보고, 생활 속 관리 방법을 알기 쉽게 알려 드려요.

    의사도 의료기기도 아니고, 진단하지 않아요. 사진은 결과가 나오면 지우고, /delete 로 모두 지울 수 있어요.
messenger-short-description = 사진과 짧은 설문으로 하는 두피 상담. 알기 쉬운 관리 방법을 알려 드려요. 의료기기가 아니고, 진단은 하지 않아요.
