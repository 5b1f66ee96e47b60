-- Ids are UUIDs as TEXT, times are milliseconds since 1970 (UTC) as BIGINT, and every BLOB is either
-- sealed (see src/storage/sealing.rs) or a keyed hash.

-- Facts about this database itself.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);

-- Whose data it is. Everything personal is sealed with the person's key.
CREATE TABLE persons (
    id          TEXT NOT NULL PRIMARY KEY,
    wrapped_key BLOB NOT NULL
);

-- Version 0: a file came before the first commit; there is no address and no record yet.
CREATE TABLE conversations (
    id           TEXT NOT NULL PRIMARY KEY,
    person_id    TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    channel      TEXT,
    address_hash BLOB,
    address      BLOB,
    version      BIGINT NOT NULL DEFAULT 0,
    record       BLOB,
    -- The last effect's sequence number and the last history entry's revision.
    effects      BIGINT NOT NULL DEFAULT 0,
    revision     BIGINT NOT NULL DEFAULT 0,
    updated_at   BIGINT
);
CREATE UNIQUE INDEX conversations_by_address ON conversations (channel, address_hash);
CREATE INDEX conversations_by_person ON conversations (person_id);

-- Conversations whose person was erased: a late job must not bring them back. The id alone says
-- nothing about anybody.
CREATE TABLE erased (
    conversation_id TEXT NOT NULL PRIMARY KEY
);

-- What was handled before.
CREATE TABLE inbound (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    inbound_id      TEXT NOT NULL,
    handled_at      BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, inbound_id)
);
CREATE INDEX inbound_by_time ON inbound (handled_at);

CREATE TABLE effects (
    id              TEXT NOT NULL PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- Counts the effects of one conversation.
    sequence        BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    -- Effects of one lane of one conversation run in order, one at a time.
    lane            TEXT,
    payload         BLOB NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'failed')),
    attempts        BIGINT NOT NULL DEFAULT 0,
    created_at      BIGINT NOT NULL,
    -- When it falls due: the next try of a waiting one, the end of the lease of a leased one.
    run_at          BIGINT NOT NULL,
    ended_at        BIGINT,
    last_error      TEXT
);
CREATE INDEX effects_due ON effects (run_at) WHERE state IN ('waiting', 'leased');
CREATE INDEX effects_by_lane ON effects (conversation_id, lane, sequence)
    WHERE state IN ('waiting', 'leased');
CREATE INDEX effects_by_conversation ON effects (conversation_id);
CREATE INDEX effects_ended ON effects (ended_at) WHERE state = 'done';
CREATE INDEX effects_by_age ON effects (created_at);

-- The history of a conversation.
CREATE TABLE entries (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position        BIGINT NOT NULL,
    revision        BIGINT NOT NULL,
    written_at      BIGINT NOT NULL,
    slot            TEXT,
    body            BLOB NOT NULL,
    PRIMARY KEY (conversation_id, position)
);
CREATE INDEX entries_by_revision ON entries (conversation_id, revision);
CREATE UNIQUE INDEX entries_by_slot ON entries (conversation_id, slot);

-- Which effects have said their message, so that saying it again changes nothing.
CREATE TABLE said (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    effect_id       TEXT NOT NULL,
    said_at         BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, effect_id)
);
CREATE INDEX said_by_time ON said (said_at);

-- Files under the data folder. A file without a row is rubbish.
CREATE TABLE files (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL,
    name            TEXT NOT NULL,
    file            TEXT NOT NULL,
    PRIMARY KEY (conversation_id, kind, name)
);
