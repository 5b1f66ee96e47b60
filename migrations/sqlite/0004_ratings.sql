-- What people think of what was written for them, without the texts. `number` tells the texts of one
-- conversation apart; `model` and `prompts` are absent for prepared passages.
CREATE TABLE ratings (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number          BIGINT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('advice', 'answer')),
    model           TEXT,
    prompts         BIGINT,
    is_helpful      BIGINT NOT NULL,
    rated_at        BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, number)
);
