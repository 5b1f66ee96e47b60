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
