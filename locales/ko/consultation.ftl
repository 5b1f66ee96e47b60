# 상담 대화. 해요체로, 겁주지 않고, 헛되이 안심시키지도 않습니다.

hello =
    안녕하세요, 두피 상담을 돕는 두피(Dupi)예요.
    두피를 가까이에서 찍은 사진과 짧은 설문으로 여섯 가지 두피 상태를 살펴보고, 생활 속 관리 방법을 알려 드려요.
    저는 의사가 아니에요. 진단이나 처방은 하지 않아요.

ask-age = 먼저 한 가지만 여쭤볼게요. 만 14세 이상이신가요?

ask-consent-basic =
    상담을 시작하기 전에 동의를 두 번 받을게요. 첫 번째는 기본 정보예요. (동의문 제{ $version }판)

    · 목적: 대화를 이어 가고, 다시 왔을 때 하던 곳부터 계속하기
    · 항목: 사용 언어, 나이 확인 결과, 나눈 대화
    · 보관: 암호화해서 보관하고, 메뉴의 ‘모두 지우기’나 삭제 명령으로 언제든 바로 없앨 수 있어요.
    · 텔레그램이나 디스코드로 이야기하면, 보내신 글과 사진은 그 메신저의 서버도 거쳐 가요.
    · 동의하지 않아도 괜찮아요. 상담은 할 수 없지만 일반적인 두피 관리 안내는 볼 수 있어요.

ask-consent-sensitive =
    두 번째는 민감한 정보예요. 건강과 관련된 내용이라 따로 여쭤봐요. (동의문 제{ $version }판)

    · 목적: 두피에 보이는 모습을 살펴보고 맞는 관리 방법을 안내하기 (진단이 아니라 생활 관리를 돕는 안내예요)
    · 항목: 두피 사진, 사진에서 본 상태, 설문 답변, 물어보신 내용
    · 보관: 사진은 결과 카드를 만들면 바로 지워요. 결과 카드(사진이 들어가요)와 답변은 암호화해서 보관하고, 메뉴의 ‘모두 지우기’나 삭제 명령으로 언제든 바로 없앨 수 있어요.
    · 사진을 모델 학습에 쓰지 않고, 다른 곳에 넘기지 않아요. 다만 텔레그램이나 디스코드로 주고받은 사진과 결과는 그 메신저의 서버도 거쳐 가고, 그곳에 남은 것은 여기에서 지울 수 없어요. 마음에 걸리면 동의하지 않으셔도 돼요.
    · 안내를 글로 다듬으려고, 사진에서 본 상태와 설문 답변, 물어보신 내용을 이 서비스가 쓰는 언어 모델에 보낼 수 있어요. 이름과 사진은 보내지 않아요.
    · 동의하지 않아도 괜찮아요. 이때도 일반적인 안내는 볼 수 있어요.

too-young = 알려 주셔서 고마워요. 만 14세 미만은 보호자(법정대리인)의 동의 없이 상담할 수 없어요. 걱정되는 점이 있으면 보호자와 함께 피부과에 가 보세요. 일반적인 두피 관리 안내는 지금 볼 수 있어요.

consent-refused-basic = 괜찮아요. 아무것도 받지 않고 일반적인 두피 관리 안내만 보여드릴 수 있어요. 마음이 바뀌면 언제든 다시 시작해 주세요.
consent-refused-sensitive = 괜찮아요. 사진과 설문 없이 일반적인 두피 관리 안내를 보여드릴 수 있어요. 마음이 바뀌면 언제든 다시 시작해 주세요.

general-tips = 누구에게나 도움이 되는 두피 관리 방법이에요.
general-tips-end = 가려움, 통증, 붉어짐이 이어지거나 머리카락이 갑자기 많이 빠지면 피부과에서 확인해 보세요.
list-item = · { $text }

photo-guide =
    좋아요, 사진을 찍어 볼까요?
    두피에 가까이 대고, 머리카락을 갈라 두피가 보이게, 하얗고 밝은 빛에서 또렷하게 찍어 주세요. 두피 진단 카메라(확대경)로 찍은 사진이 가장 좋아요.
photo-guide-alternative = 사진 찍는 방법 그림. 왼쪽은 두피에 가까이 대고 밝은 곳에서 또렷하게 찍은 좋은 예, 오른쪽은 멀리서 찍었거나 어둡고 흐린 예예요.
ask-region = 어느 부위를 찍으셨나요? (앉아서 앞을 볼 때 내 기준이에요)

region-crown = 정수리
region-left = 왼쪽
region-right = 오른쪽
region-back = 뒤통수
region-unknown = 잘 모르겠어요

ask-photo-anywhere = 사진을 보내 주세요. 앞으로 { $left }장까지 보낼 수 있어요.
ask-photo = { $region } 사진을 보내 주세요. 앞으로 { $left }장까지 보낼 수 있어요.

photo-received = { $number }번 사진을 받았어요. 살펴보고 있어요.
photo-graded = { $number }번 사진은 잘 나왔어요. 살펴보기를 마쳤어요.
photo-from-afar = { $number }번 사진은 조금 멀리서 찍은 두피로 보여요. 이런 사진으로는 단계를 매길 수 없어요. 두피에 바짝 대고 한 장 더 찍어 주시면 살펴볼 수 있어요.
photo-not-scalp = { $number }번 사진에서는 두피를 찾지 못했어요. 머리카락을 갈라 두피가 보이게 가까이에서 다시 찍어 주세요.
photo-too-dark = { $number }번 사진은 너무 어두워요. 밝은 곳이나 조명 아래에서 다시 찍어 주세요.
photo-overexposed = { $number }번 사진은 너무 밝아서 하얗게 날아갔어요. 조명이나 플래시를 조금 멀리하고 다시 찍어 주세요.
photo-blurred = { $number }번 사진이 흐려요. 손을 고정하고 초점이 맞은 뒤에 다시 찍어 주세요.
photo-too-small = { $number }번 사진은 크기가 작아서 자세히 볼 수 없어요. 원본 크기 그대로 다시 보내 주세요.
photo-unreadable = { $number }번 사진을 열 수 없었어요. JPEG나 PNG로 다시 보내 주세요.
photo-soft = 조금 흐릿해요. 더 또렷한 사진이 있으면 결과가 더 정확해져요.
photo-more = 다른 사진을 { $left }장 더 보내거나, 설문으로 넘어갈 수 있어요.
photos-complete = 사진이 다 모였어요. 설문으로 넘어갈까요?
album-received = 사진 { $count }장을 받았어요. 살펴보고 있어요.
album-judged = 사진 { $count }장을 모두 살펴봤어요.
album-line = · { $number }번 ({ $region }): { $found }
album-line-without-region = · { $number }번: { $found }
album-photo-waiting = 살펴보고 있어요
album-photo-graded = 잘 나왔어요
album-photo-soft = 쓸 수 있지만 조금 흐릿해요
album-photo-from-afar = 조금 멀리서 찍은 두피로 보여서 단계를 매길 수 없어요
album-photo-not-scalp = 두피를 찾지 못했어요. 머리카락을 갈라 가까이에서 다시 찍어 주세요
album-photo-too-dark = 너무 어두워요. 밝은 곳에서 다시 찍어 주세요
album-photo-overexposed = 너무 밝아요. 조명을 조금 멀리하고 다시 찍어 주세요
album-photo-blurred = 흐려요. 초점이 맞은 뒤에 다시 찍어 주세요
album-photo-too-small = 크기가 작아요. 원본 크기로 다시 보내 주세요
album-photo-unreadable = 열 수 없었어요. JPEG나 PNG로 다시 보내 주세요
album-photo-failed = 저희 쪽 문제로 살펴보지 못했어요. 잠시 뒤에 다시 보내 주세요
ask-region-of = { $number }번 사진은 어느 부위인가요? (앉아서 앞을 볼 때 내 기준이에요)
region-assigned-unknown = { $number }번 사진은 부위를 모르는 것으로 적어 둘게요.
region-assigned = { $number }번 사진의 부위를 이렇게 적어 둘게요: { $region }
photo-failed = { $number }번 사진을 살펴보지 못했어요. 사진이 아니라 저희 쪽 문제예요. 잠시 뒤에 다시 보내 주세요.
too-many-photos = 한 번에 { $limit }장까지 볼 수 있어요. 이 사진은 보관하지 않았어요.

unusable-consent-missing = 사진은 동의를 받은 뒤에만 볼 수 있어요. 이 사진은 열어 보지 않고 바로 지웠어요. 먼저 앞선 메시지의 버튼으로 진행해 주세요.
unusable-unreadable = 이 파일은 사진으로 열 수 없었어요. JPEG, PNG, WebP 사진을 보내 주세요.
unusable-empty = 빈 파일이에요. 사진을 다시 골라 주세요.
unusable-heic = HEIC 사진은 아직 열 수 없어요. 아이폰이라면 ‘설정 → 카메라 → 포맷 → 높은 호환성’으로 바꾸거나, JPEG로 저장해서 보내 주세요.
unusable-too-many-bytes = 파일이 너무 커요. { $limit }MB보다 작은 사진을 보내 주세요.
unusable-too-many-pixels = 사진의 화소가 너무 많아요({ $limit }백만 화소까지 볼 수 있어요). 크기를 줄여서 보내 주세요.
unusable-too-small = 사진이 너무 작아요. 짧은 쪽이 { $needed }픽셀 이상인 사진을 보내 주세요.
unusable-not-stored = 사진을 저장하지 못했어요. 사진이 아니라 저희 쪽 문제예요. 잠시 뒤에 다시 보내 주세요.

preparing-result = 답변 고마워요. 결과를 정리하고 있어요. 잠시만 기다려 주세요.
no-usable-photo = 아쉽지만 쓸 수 있는 사진이 아직 없어요. 두피에 가까이 대고 밝은 곳에서 또렷하게 한 장만 더 보내 주세요. 설문 답변은 그대로 기억하고 있어요.

result = 결과가 나왔어요.
condition-fine-scaling = 미세각질
condition-excess-sebum = 피지과다
condition-interfollicular-erythema = 모낭사이홍반
condition-follicular-erythema-pustules = 모낭홍반·농포
condition-dandruff = 비듬
condition-hair-loss = 탈모
severity-good = 양호
severity-mild = 조금
severity-moderate = 뚜렷
severity-severe = 많음
result-line = · { $condition }: { $severity }
result-line-uncertain = · { $condition }: { $severity } (확실하지 않아요)
scalp-type-good = 양호
scalp-type-dry = 건성
scalp-type-oily = 지성
scalp-type-sensitive = 민감성
scalp-type-seborrheic = 지루성
scalp-type-inflamed = 염증성
scalp-type-dandruff = 비듬성
scalp-type-hair-loss = 탈모성
scalp-type-mixed = 복합성
result-region-unknown = 알려 주지 않음
result-scalp-type = 두피 유형: { $type } (부위: { $regions }, 살펴본 사진 { $spots }장)
result-card-alternative = 결과 카드. 같은 내용이 이 그림 아래에 글로 적혀 있어요.
result-without-card = 결과 그림은 만들지 못해서 글로 알려 드려요.

care-level-keep-routine = 지금 하던 대로 관리하면 충분해 보여요.
care-level-home-care = 집에서 조금만 신경 쓰면 좋겠어요.
care-level-home-care-then-doctor = 집에서 4주쯤 관리해 보고, 나아지지 않으면 피부과에 가 보세요.
care-level-see-dermatologist = 피부과 진료를 예약해 보세요.
care-level-care-today = 오늘 진료를 받아 보세요.
care-level-emergency = 지금 바로 119에 전화하거나 응급실로 가세요.
guidance-snippet =
    【{ $condition }】
    { $text }
guidance-snippet-uncertain =
    【{ $condition }】 (사진만으로는 확실하지 않아요)
    { $text }
guidance-habits = 알려 주신 습관에 맞춰 덧붙일게요.

answers-review = 지금까지의 답변이에요. 바꾸고 싶은 항목을 골라 주세요.
answers-kept = 답변을 그대로 둘게요.
answer-changed = 답변을 바꿨어요. 바뀐 답변에 맞춰 다시 안내해 드릴게요.

choose-language = 어떤 언어로 이야기할까요?
consultation-cancelled = 상담을 멈췄어요. 이 상담에서 보내신 사진은 지우고 답변은 남기지 않았어요. 다시 하고 싶을 때 언제든 새로 시작해 주세요.
nothing-to-cancel = 지금은 멈출 상담이 없어요. 편하게 둘러보셔도 괜찮아요.

help =
    두피(Dupi)는 두피를 가까이에서 찍은 사진과 짧은 설문으로 여섯 가지 두피 상태를 살펴보고, 생활 속 관리 방법을 알려 드려요.
    저는 의사가 아니고, 의료기기도 아니에요. 진단이나 처방은 하지 않아요. 아프거나 걱정되는 점이 있으면 피부과에서 확인해 보세요.
    이어서 하려면 마지막 메시지의 버튼을 누르거나, 두피 사진을 보내 주세요.
help-commands =
    이런 명령을 쓸 수 있어요. 명령이 있는 메신저에서는 언제든 보낼 수 있어요.
    · /consult (상담): 하던 상담을 이어 가거나 새로 시작해요.
    · /cancel (취소): 하던 상담을 멈춰요.
    · /privacy (개인정보): 무엇을 보관하는지 알려 드려요.
    · /delete (삭제): 모두 지워요. 한 번 더 여쭤봐요.
    · /language (언어): 언어를 바꿔요.
    · /help (도움말): 이 안내를 다시 보여 드려요.

privacy = 무엇을 왜, 얼마나, 어디에 보관하는지 알려 드릴게요.
privacy-kept =
    · 언어, 나이 확인 결과, 나눈 대화: 대화를 이어 가고, 다시 왔을 때 하던 곳부터 계속하려고 보관해요. ‘모두 지우기’를 고를 때까지 보관해요.
    · 두피 사진: 두피 상태를 살펴보려고 받아요. 결과 카드를 만들면 바로 지워요.
    · 사진에서 본 상태, 설문 답변, 결과 카드(사진이 들어가요): 맞는 관리 방법을 안내하려고 보관해요. 동의를 철회하거나 ‘모두 지우기’를 고를 때까지 보관해요.
privacy-where = 모두 이 서비스 안에 암호화해서 보관하고, 모델 학습에 쓰지 않고, 다른 곳에 넘기지 않아요. 다만 텔레그램이나 디스코드 같은 메신저로 나눈 대화와 사진은 그 메신저의 서버도 거쳐 가고, 그곳에 남은 것은 여기에서 지울 수 없어요. 안내를 글로 다듬을 때에는 사진에서 본 상태와 설문 답변, 물어보신 내용을 이름 없이 언어 모델에 보낼 수 있어요.
privacy-consents = 지금 유효한 동의예요.
privacy-consent = · { $purpose }: 동의문 제{ $version }판, { $date }
privacy-no-consents = 지금 유효한 동의는 없어요.
consent-purpose-basic = 기본 정보
consent-purpose-sensitive = 민감한 정보(사진, 답변, 결과)
consent-withdrawn-basic = 동의를 모두 철회했어요. 사진과 결과 카드를 지우고, 답변과 살펴본 결과도 더는 보관하지 않아요. 일반적인 두피 관리 안내는 계속 볼 수 있어요. 다시 상담하고 싶을 때는 ‘처음부터 다시 시작’을 골라 주세요. 나눈 대화 기록까지 없애려면 ‘모두 지우기’를 골라 주세요.
consent-withdrawn-sensitive = 민감한 정보에 대한 동의를 철회했어요. 사진과 결과 카드를 지우고, 답변과 살펴본 결과도 더는 보관하지 않아요. 일반적인 두피 관리 안내는 계속 볼 수 있어요. 다시 상담하고 싶을 때는 ‘처음부터 다시 시작’을 골라 주세요. 나눈 대화 기록까지 없애려면 ‘모두 지우기’를 골라 주세요.
link-privacy = 개인정보 처리방침: { $link }
link-terms = 이용약관: { $link }
link-contact = 문의: { $link }

ask-erase = 정말 모두 지울까요? 대화, 답변, 사진, 결과 카드가 모두 사라지고 되돌릴 수 없어요. 동의도 함께 철회돼요.
erase-declined = 지우지 않았어요. 하던 곳부터 계속할게요.
could-not-erase = 지우는 중에 문제가 생겨서 아직 다 지우지 못했어요. 아래 버튼으로 다시 시도해 주세요. 계속 안 되면 이 서비스를 운영하는 곳에 알려 주세요.

not-understood-button = 지금은 앞선 메시지의 버튼으로 답해 주세요. 글로 적어 주신 내용은 설문의 마지막 칸에 남길 수 있어요.
not-understood-region = 먼저 앞선 메시지의 버튼에서 찍은 부위를 골라 주세요. 사진을 바로 보내셔도 괜찮아요.
not-understood-photo = 지금은 두피 사진을 기다리고 있어요. 가까이에서 찍은 사진을 보내 주세요.
not-understood-patience = 지금 결과를 정리하고 있어요. 조금만 기다려 주세요.

button-speak-ko = 한국어로 시작
button-speak-en = Start in English
button-old-enough = 네, 만 14세 이상이에요
button-too-young = 아니요
button-agree = 동의해요
button-refuse = 동의하지 않아요
button-tips = 일반 관리 안내 보기
button-begin-again = 처음부터 다시 시작
button-region-of = { $number }번 사진 부위
button-change-region = 다른 부위 찍기
button-photos-done = 다 보냈어요, 다음으로
button-skip = 건너뛰기
button-back = 이전
button-review-answers = 답변 바꾸기
button-keep-answers = 그대로 둘게요
button-new-consultation = 새 사진으로 상담하기
button-withdraw-basic = 동의 모두 철회하기
button-withdraw-sensitive = 민감한 정보 동의만 철회하기
button-erase = 모두 지우기
button-confirm-erase = 네, 모두 지워 주세요
button-decline-erase = 아니요, 그대로 둘게요

# 모델이 다듬은 안내와 물음.
advice-today = 오늘 해 볼 것
advice-week = 앞으로 몇 주 동안
advice-avoid = 피하면 좋은 것
worded-by-a-model = (준비된 안내를 바탕으로 AI가 다듬어 쓴 글이에요.)
button-ask-question = 궁금한 것 물어보기
button-helpful = 도움됐어요
button-unhelpful = 아니에요
rating-kept = 알려 주셔서 고마워요. 더 나은 안내를 만드는 데 쓸게요. (평가에는 글을 담지 않고, 도움이 되었는지만 적어 둬요.)
invite-question = 두피와 모발 관리에 대해 궁금한 것을 적어 보내 주세요. 예: “염색은 언제 해도 되나요?”
answering = 답을 찾고 있어요. 잠시만 기다려 주세요.
many-are-asking = 지금 물어보시는 분이 많아요. 차례가 오면 바로 답해 드릴게요.
question-off-topic = 저는 두피와 모발 관리에 대해서만, 그중에서도 확인해 둔 내용만 답할 수 있어요. 이 물음에는 알려 드릴 수 있는 내용이 없어요. 걱정되는 증상이 있으면 피부과에서 물어봐 주세요.
one-question-at-a-time = 앞서 물어보신 것의 답을 아직 찾고 있어요. 답이 도착한 뒤에 다시 물어봐 주세요.
questions-used-up =
    질문은 하루에 { $limit }번까지 받을 수 있어요. 오늘은 모두 쓰셨으니 내일 다시 물어봐 주세요. 급하거나 걱정되는 증상은 기다리지 말고 병원에서 물어봐 주세요.
answer-is-no-diagnosis = 진단이 아니라 생활 관리 정보예요.
