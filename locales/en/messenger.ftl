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

messenger-button-gone = This button is not of use any more. Send /consult to go on.
messenger-group-hint = A consultation is between you and me only. Press the button to talk in private.
messenger-group-button = Open the private chat
messenger-description =
    Dupi looks at close-up photos of your scalp and asks a short survey, then tells you in plain words what it sees in six scalp conditions and how to care for them.

    It is no doctor and no medical device, and makes no diagnosis. Photos are erased once the result is there, and /delete erases everything.
messenger-short-description = Scalp consultation: photos and a short survey, care tips in plain words. No medical device, no diagnosis.
