# What only messengers have: names and descriptions of commands, and the farewell.

messenger-command-name-consult = consult
messenger-command-name-delete = delete
messenger-command-name-privacy = privacy
messenger-command-name-language = language
messenger-command-name-help = help
messenger-command-name-cancel = cancel

messenger-command-consult = Go on with your scalp consultation, or begin a new one
messenger-command-delete = Erase everything that is kept of you (asked once more first)
messenger-command-privacy = What is kept, and why
messenger-command-language = Choose another language
messenger-command-help = What Dupi does and does not do
messenger-command-cancel = Stop the consultation under way

messenger-erased = Everything is erased: conversation, answers, photos and result cards are no longer kept. Thank you for having been here. You can begin anew whenever you like.
