# The conversation. Kind, plain, no alarm and no false comfort.

hello =
    Hello, this is Dupi. I help you look after your scalp.
    From close-up photos of your scalp and a short survey I look at six scalp conditions and tell you what you can do day to day.
    I am not a doctor: I do not diagnose or prescribe.

ask-age = One question first: are you 14 or older?

ask-consent-basic =
    Before we begin I ask for your consent twice. The first is about basic data. (consent text, version { $version })

    · Purpose: to hold this conversation, and to go on where you left off when you come back
    · What: your language, the answer to the age question, this conversation
    · Kept: encrypted, and deleted at once, at any time, with “Erase everything” in the menu or the delete command
    · If we talk over Telegram or Discord, what you send also passes that messenger's servers.
    · You may say no. Then there is no consultation, but general scalp care tips still work.

ask-consent-sensitive =
    The second is about sensitive data. It concerns your health, so I ask separately. (consent text, version { $version })

    · Purpose: to look at what shows on your scalp and choose the guidance that fits (everyday care, not a diagnosis)
    · What: photos of your scalp, what is seen on them, your survey answers, your questions
    · Kept: photos are deleted as soon as the result card is made. The card (it shows your photo) and your answers are kept encrypted, and deleted at once, at any time, with “Erase everything” in the menu or the delete command
    · Your photos are not used to train models and are not handed on. Photos and results that go over Telegram or Discord do pass that messenger's servers, and what stays there cannot be deleted from here. If that troubles you, it is fine to say no.
    · To word the guidance, what is seen on the photos, your survey answers and your questions may be given to the language model that this service uses. Your name and your photos are not.
    · You may say no. General tips still work.

too-young = Thank you for telling me. Under 14, a consultation needs the consent of a parent or guardian. If something worries you, see a dermatologist together. You can read general scalp care tips right now.

consent-refused-basic = That is fine. I keep nothing and can show you general scalp care tips. If you change your mind, you can start again any time.
consent-refused-sensitive = That is fine. I can show you general scalp care tips without photos and answers. If you change your mind, you can start again any time.

general-tips = Scalp care that helps nearly everybody:
general-tips-end = If itch, pain or redness stays, or a lot of hair falls out suddenly, please have it looked at by a dermatologist.
list-item = · { $text }

photo-guide =
    Good, let's take a photo.
    Hold the camera close to the scalp, part the hair so that the skin shows, use bright white light and wait until it is sharp. A scalp camera (microscope) works best.
photo-guide-alternative = How to take the photo. Left, a good example: close to the scalp, bright and sharp. Right, a bad one: from afar, dark or blurred.
ask-region = Which part did you photograph? (your own left and right, as you sit facing forward)

region-crown = Crown
region-left = Left side
region-right = Right side
region-back = Back
region-unknown = Not sure

ask-photo-anywhere =
    { $left ->
        [one] Please send a photo. One more photo is possible.
       *[other] Please send a photo. Up to { $left } photos are possible.
    }
ask-photo =
    { $left ->
        [one] Please send a photo ({ $region }). One more photo is possible.
       *[other] Please send a photo ({ $region }). Up to { $left } photos are possible.
    }

photo-received = Photo { $number } is here. I am looking at it.
photo-graded = Photo { $number } came out well. I have looked at it.
photo-from-afar = Photo { $number } looks like a scalp seen from a little too far away, so I cannot grade it. A photo taken right at the scalp would work.
photo-not-scalp = I could not find a scalp in photo { $number }. Please part the hair so that the skin shows, and take it again from close up.
photo-too-dark = Photo { $number } is too dark. Please take it again in a bright place or under a lamp.
photo-overexposed = Photo { $number } is too bright, and parts have turned white. Please move the lamp or flash a little away and take it again.
photo-blurred = Photo { $number } is blurred. Please hold the camera still, wait for the focus, and take it again.
photo-too-small = Photo { $number } is too small to see enough. Please send it in its original size.
photo-unreadable = Photo { $number } could not be opened. Please send it again as JPEG or PNG.
photo-soft = It is a little soft; a sharper photo makes the result more reliable.
photo-more =
    { $left ->
        [one] You can send one more photo, or go on to the survey.
       *[other] You can send up to { $left } more photos, or go on to the survey.
    }
photos-complete = That is all the photos. Shall we go on to the survey?
album-received = { $count } photos are here. I am looking at them.
album-judged = I have looked at all { $count } photos.
album-line = · Photo { $number } ({ $region }): { $found }
album-line-without-region = · Photo { $number }: { $found }
album-photo-waiting = being looked at
album-photo-graded = came out well
album-photo-soft = usable, but a little soft
album-photo-from-afar = looks like a scalp seen from too far away to be graded
album-photo-not-scalp = no scalp found; please part the hair and take it again from close up
album-photo-too-dark = too dark; please take it again in a bright place
album-photo-overexposed = too bright; please move the lamp a little away and take it again
album-photo-blurred = blurred; please wait for the focus and take it again
album-photo-too-small = too small; please send it in its original size
album-photo-unreadable = could not be opened; please send it again as JPEG or PNG
album-photo-failed = could not be looked at, which is our problem; please send it again in a little while
ask-region-of = Which part does photo { $number } show? (your own left and right, as you sit facing forward)
region-assigned-unknown = Noted: the part that photo { $number } shows is not known.
region-assigned = Noted: photo { $number } shows “{ $region }”.
photo-failed = Photo { $number } could not be looked at. That is our problem, not your photo's. Please send it again in a little while.
too-many-photos = I can look at { $limit } photos at a time. This one was not kept.

unusable-consent-missing = I may look at photos only after you have agreed. This one was deleted without being opened. Please go on with the buttons of the last message first.
unusable-unreadable = This file could not be opened as a photo. Please send a JPEG, PNG or WebP photo.
unusable-empty = This file is empty. Please choose the photo again.
unusable-heic = HEIC photos cannot be opened yet. On an iPhone, choose Settings → Camera → Formats → Most Compatible, or save the photo as JPEG and send that.
unusable-too-many-bytes = The file is too large. Please send a photo smaller than { $limit } MB.
unusable-too-many-pixels = The photo has too many pixels (up to { $limit } megapixels work). Please make it smaller and send it again.
unusable-too-small = The photo is too small. Please send one with at least { $needed } pixels on the shorter side.
unusable-not-stored = The photo could not be saved. That is our problem, not your photo's. Please send it again in a little while.

preparing-result = Thank you. I am putting the result together; just a moment.
no-usable-photo = Sadly there is no photo yet that I can use. Please send one more, close to the scalp, bright and sharp. I remember your answers.

result = Here is your result.
condition-fine-scaling = Fine scaling
condition-excess-sebum = Excess sebum
condition-interfollicular-erythema = Redness between follicles
condition-follicular-erythema-pustules = Follicular redness, pustules
condition-dandruff = Dandruff
condition-hair-loss = Hair thinning
severity-good = fine
severity-mild = slight
severity-moderate = distinct
severity-severe = marked
result-line = · { $condition }: { $severity }
result-line-uncertain = · { $condition }: { $severity } (not certain)
scalp-type-good = in good shape
scalp-type-dry = dry
scalp-type-oily = oily
scalp-type-sensitive = sensitive
scalp-type-seborrheic = seborrhoeic
scalp-type-inflamed = inflamed
scalp-type-dandruff = dandruff-prone
scalp-type-hair-loss = thinning
scalp-type-mixed = mixed
result-region-unknown = not told
result-scalp-type =
    { $spots ->
        [one] Scalp type: { $type } (region: { $regions }; one photo)
       *[other] Scalp type: { $type } (region: { $regions }; { $spots } photos)
    }
result-card-alternative = Result card. The same is written below the picture.
result-without-card = The result picture could not be drawn, so here it is in words.

care-level-keep-routine = Your present routine looks sufficient.
care-level-home-care = A little extra care at home would be good.
care-level-home-care-then-doctor = Care for it at home for about 4 weeks; if it does not improve, see a dermatologist.
care-level-see-dermatologist = Please make an appointment with a dermatologist.
care-level-care-today = Please get medical care today.
care-level-emergency = Call 119 or go to an emergency room now.
guidance-snippet =
    【{ $condition }】
    { $text }
guidance-snippet-uncertain =
    【{ $condition }】 (not certain from the photo)
    { $text }
guidance-habits = For the habits you told me about:

answers-review = These are your answers. Choose what you would like to change.
answers-kept = Your answers stay as they are.
answer-changed = Your answer is changed. Here is the guidance again, to match it.

choose-language = Which language shall we speak?
consultation-cancelled = The consultation is stopped. The photos you sent for it are deleted and its answers are not kept. You can begin anew whenever you like.
nothing-to-cancel = There is no consultation to stop right now. Feel free to look around.

help =
    Dupi looks at close-up photos of your scalp and a short survey, describes six scalp conditions, and tells you what you can do day to day.
    I am not a doctor and not a medical device: I do not diagnose or prescribe. If something hurts or worries you, please see a dermatologist.
    To go on, press a button of the last message, or send a photo of your scalp.
help-commands =
    These are the commands. Where a messenger has commands, they work at any time.
    · /consult: go on with the consultation, or begin a new one
    · /cancel: stop the consultation under way
    · /privacy: what is kept
    · /delete: erase everything; I ask once more first
    · /language: another language
    · /help: show this again

privacy = This is what is kept, why, how long and where.
privacy-kept =
    · Your language, the answer to the age question, this conversation: so that we can talk, and go on where we left off. Kept until you choose “Erase everything”.
    · Photos of your scalp: to look at them. Deleted as soon as the result card is made.
    · What was seen on the photos, your survey answers, the result card (it shows your photo): to choose the guidance that fits. Kept until you withdraw your consent or choose “Erase everything”.
privacy-where = All of it is kept encrypted within this service, is not used to train models, and is not handed on. What you send over a messenger such as Telegram or Discord also passes that messenger's own servers; what stays there cannot be deleted from here. To word the guidance, what is seen on the photos, your survey answers and your questions may be given, without your name, to a language model.
privacy-consents = These consents hold now:
privacy-consent = · { $purpose }: consent text version { $version }, { $date }
privacy-no-consents = No consent holds now.
consent-purpose-basic = Basic data
consent-purpose-sensitive = Sensitive data (photos, answers, results)
consent-withdrawn-basic = All your consents are withdrawn. Photos and result cards are deleted; your answers and what was seen are no longer kept. General scalp care tips still work. If you would like a consultation again, choose “Start again”. To delete the record of this conversation too, choose “Erase everything”.
consent-withdrawn-sensitive = Your consent to sensitive data is withdrawn. Photos and result cards are deleted; your answers and what was seen are no longer kept. General scalp care tips still work. If you would like a consultation again, choose “Start again”. To delete the record of this conversation too, choose “Erase everything”.
link-privacy = Privacy policy: { $link }
link-terms = Terms of use: { $link }
link-contact = Contact: { $link }

ask-erase = Really erase everything? The conversation, answers, photos and result cards will be gone for good, and your consents are withdrawn.
erase-declined = Nothing was erased. Let's go on where we were.
could-not-erase = Something went wrong, and not everything is erased yet. Please try again with the button below. If it keeps failing, tell whoever runs this service.

not-understood-button = Please answer with the buttons of the last message for now. What you would like to add can go into the last field of the survey.
not-understood-region = Please choose the part of the head with the buttons of the last message first. Sending the photo right away is fine too.
not-understood-photo = I am waiting for a photo of your scalp. Please send one that was taken from close up.
not-understood-patience = I am putting your result together. Just a moment, please.

button-speak-ko = 한국어로 시작
button-speak-en = Start in English
button-old-enough = Yes, I am 14 or older
button-too-young = No
button-agree = I agree
button-refuse = I do not agree
button-tips = Show general tips
button-begin-again = Start again
button-region-of = Region of photo { $number }
button-change-region = Another region
button-photos-done = That's all, go on
button-skip = Skip
button-back = Back
button-review-answers = Change an answer
button-keep-answers = Keep them
button-new-consultation = New consultation
button-withdraw-basic = Withdraw all consents
button-withdraw-sensitive = Withdraw the consent to sensitive data
button-erase = Erase everything
button-confirm-erase = Yes, erase everything
button-decline-erase = No, keep it

# Guidance that a model worded, and questions.
advice-today = What to try today
advice-week = Over the next weeks
advice-avoid = Better to avoid
worded-by-a-model = (An AI worded this from prepared guidance.)
button-ask-question = Ask a question
button-helpful = This helped
button-unhelpful = Not really
rating-kept = Thank you for telling us; it helps to make the guidance better. (The rating holds only whether it helped, not the text.)
invite-question = Write what you would like to know about scalp and hair care. For example: “When can I dye my hair again?”
answering = I am looking for the answer. One moment, please.
many-are-asking = Many people are asking right now. Your answer follows as soon as it is your turn.
question-off-topic = I can only talk about scalp and hair care, and only about what was checked. I have nothing to tell about this question. If a symptom worries you, please ask a dermatologist.
one-question-at-a-time = I am still looking for the answer to your last question. Please ask again once it is there.
questions-used-up =
    { $limit ->
        [one] You can ask one question a day, and today's is used up. Please ask again tomorrow. If something is urgent or worries you, please do not wait: ask a doctor.
       *[other] You can ask { $limit } questions a day, and today's are used up. Please ask again tomorrow. If something is urgent or worries you, please do not wait: ask a doctor.
    }
answer-is-no-diagnosis = This is everyday-care information, not a diagnosis.
