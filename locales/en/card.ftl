# The words on the result card. They are drawn with the fonts in src/cards/fonts/: no emoji. Lines
# are short on purpose; the card is read on a phone.

card-title = Scalp check result

card-type-label = Scalp type
card-type-good = In good shape
card-type-dry = Dry
card-type-oily = Oily
card-type-sensitive = Sensitive
card-type-seborrheic = Seborrhoeic
card-type-inflamed = Inflamed
card-type-dandruff = Dandruff-prone
card-type-hair_loss = Thinning
card-type-mixed = Mixed

card-region-crown = Crown
card-region-left = Left side
card-region-right = Right side
card-region-back = Back
card-region-unknown = Place unknown
# Between two regions; the dot stays with the first one.
card-region-separator = { "\u00A0· " }
card-spots = { $count ->
    [one] From 1 photo
   *[other] From { $count } photos
}

card-photo-absent = The photo is no longer kept
card-photo-absent-detail = Only the result is shown
card-legend-title = Seen in this photo
card-legend-none = Nothing to mark in this photo

card-gauges-title = Six signs at a glance
card-sureness-title = How sure

card-sureness-sure = sure
card-sureness-fair = fairly sure
card-sureness-unsure = not sure

card-demonstration-title = Demonstration model
card-demonstration-text = Trained on generated images only. Do not judge a real scalp by it.

card-not-a-diagnosis = Not a diagnosis
card-model = Model { $model }
