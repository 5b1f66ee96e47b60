-- What a channel remembers of one conversation: which of its messages stands where, what of an effect
-- was sent already, how an open question is answered. The name says nothing about the person.
CREATE TABLE channel_notes (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    written_at      BIGINT NOT NULL,
    body            BLOB NOT NULL,
    PRIMARY KEY (conversation_id, name)
);
CREATE INDEX channel_notes_by_time ON channel_notes (written_at);

-- Since when the person cannot be reached: they blocked us, or their account is no more. What is to be
-- said to them waits until they come back.
ALTER TABLE conversations ADD COLUMN gone_at BIGINT;

-- The place that a message takes: a waiting one is passed over when a newer one waits for its place.
ALTER TABLE effects ADD COLUMN slot TEXT;
CREATE INDEX effects_by_slot ON effects (conversation_id, slot, sequence)
    WHERE state = 'waiting' AND slot IS NOT NULL;
