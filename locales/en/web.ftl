# The web chat's own texts: its page, and why a request was refused.
# Keys `web-error-*` are answers of the server; every other key goes to the page as it is, so it takes no argument.

web-title = Dupi
web-subtitle = Scalp consultation
web-language-tag = en
web-korean = 한국어
web-english = English
web-no-script = This consultation needs JavaScript. Please switch it on in your browser's settings and reload the page.

web-log = Consultation
web-you = You
web-dupi = Dupi
web-working = Dupi is having a look
web-jump = To the latest message

web-say = Write a message
web-send = Send
web-menu = Menu
web-language = Language
web-erase = Erase everything

web-add-photo = Add a photo
web-choose-photo = Choose photos
web-take-photo = Take a photo
web-drop-hint = You can also drop or paste photos here.
web-drop-here = Drop your photos here
web-photo = Photo you sent
web-photo-erased = Photo, not kept
web-photo-sending = Sending your photo
web-photo-not-sent = Your photo was not sent.
web-photo-too-large = Photos larger than 20 MB cannot be taken. Please choose a smaller one.
web-try-again = Send again
web-discard = Discard

web-card-open = Full size
web-card-save = Save
web-card-erased = This result card is no longer available

web-connection-lost = The connection was lost. Reconnecting…
web-not-sent = That did not get through. Please check the connection and press once more.
web-close = Close

web-erased-title = Everything is erased
web-erased = Your photos, answers and messages are gone. Nothing was kept.
web-start-again = Start again

web-error-unknown = That could not be done. Please try again in a moment.
web-error-not-found = What you are looking for is not here.
web-error-not-understood = That request was not understood. Please reload the page.
web-error-foreign = The consultation cannot be opened at this address. Please use the address that Dupi showed when it started.
web-error-no-session = This conversation is no longer here. Please start again.
web-error-text-too-long = That text is too long. Please send it in smaller pieces.
web-error-file-too-large = Photos larger than { $limit } MB cannot be taken. Please choose a smaller one.
web-error-interrupted = Your photo did not arrive in full. Please send it again.
web-error-unavailable = It cannot be stored at the moment. Please try again in a moment.
web-error-not-writable = The disk is full or cannot be written. Please make room and try again.
