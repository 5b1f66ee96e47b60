# What only Discord needs.

discord-option-photo = photo
discord-option-photo-description = A photo of your scalp (JPEG, PNG, WebP)

discord-choose = Choose what applies
discord-write = Write
discord-words-title = Anything to add
discord-words-label = What else should we know?
discord-question-title = Ask a question
discord-question-label = What would you like to know?

discord-photo-by-command = Please attach the photo to the /consult command, in its “photo” field, or send it to me as a direct message. Don't post it in the channel, where others would see it.

discord-go-on-in-direct = Let's go on in a direct message. Please look there.
discord-direct-closed = I could not send you a direct message. Please allow direct messages in this server's privacy settings, and then speak to me again.
discord-something-waits = { $person }, I have something to tell you and could not send you a direct message. Please allow direct messages, or use /consult here again.

discord-off = There are no personal consultations on Discord. Here is scalp care that helps everybody instead.
discord-nothing-known = This command or button is not in use any more. Please begin with /consult.
