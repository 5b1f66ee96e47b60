# card
