# The words on the result card. They are drawn with the fonts in src/cards/fonts/: no emoji, and no
# rare syllables. Lines are short on purpose; the card is read on a phone.

card-title = 두피 관찰 결과

card-type-label = 두피 유형
card-type-good = 양호한 두피
card-type-dry = 건성 두피
card-type-oily = 지성 두피
card-type-sensitive = 민감성 두피
card-type-seborrheic = 지루성 두피
card-type-inflamed = 염증성 두피
card-type-dandruff = 비듬성 두피
card-type-hair_loss = 탈모성 두피
card-type-mixed = 복합성 두피

card-region-crown = 정수리
card-region-left = 왼쪽
card-region-right = 오른쪽
card-region-back = 뒤통수
card-region-unknown = 부위 모름
# Between two regions; the dot stays with the first one.
card-region-separator = { "\u00A0· " }
card-spots = 사진 { $count }장을 봤어요

card-photo-absent = 사진은 남아 있지 않아요
card-photo-absent-detail = 결과만 담았어요
card-legend-title = 이 사진에서 보인 곳
card-legend-none = 사진에 따로 표시할 곳은 없어요

card-gauges-title = 여섯 가지로 본 상태
card-sureness-title = 모델의 확신

card-sureness-sure = 확실
card-sureness-fair = 보통
card-sureness-unsure = 확실하지 않음

card-demonstration-title = 시연용 모델
card-demonstration-text = 생성한 이미지로만 학습했어요. 실제 두피 판단에 쓰지 마세요.

card-not-a-diagnosis = 진단이 아니에요
card-model = 모델 { $model }
