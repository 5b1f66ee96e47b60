-- Which effects share the places that there are: what one of them waits for keeps no other waiting.
ALTER TABLE effects ADD COLUMN share TEXT NOT NULL DEFAULT 'work';
UPDATE effects SET share = CASE kind
    WHEN 'send' THEN 'send:' || (SELECT c.channel FROM conversations c WHERE c.id = conversation_id)
    WHEN 'fetch_photos' THEN 'fetch'
    ELSE 'work'
END;

-- Since when a waiting effect waits for its time: before that the clock must have been put back.
ALTER TABLE effects ADD COLUMN waits_since BIGINT NOT NULL DEFAULT 0;
UPDATE effects SET waits_since = created_at;

-- Whether it waits for the return of somebody who is gone: not due, whatever the time.
ALTER TABLE effects ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
UPDATE effects SET held = 1 WHERE kind = 'send' AND state IN ('waiting', 'leased')
    AND conversation_id IN (SELECT c.id FROM conversations c WHERE c.gone_at IS NOT NULL);

DROP INDEX effects_due;
CREATE INDEX effects_due ON effects (share, run_at) WHERE state IN ('waiting', 'leased') AND held = 0;
CREATE INDEX effects_waiting_since ON effects (share, waits_since) WHERE state = 'waiting' AND held = 0;
CREATE INDEX effects_failed ON effects (ended_at) WHERE state = 'failed';

-- How often the person did something: whoever did something since a message was refused is not gone.
ALTER TABLE conversations ADD COLUMN deeds BIGINT NOT NULL DEFAULT 0;

-- A photo that came with nothing that was stored: swept at the next start. Those of today stay.
ALTER TABLE files ADD COLUMN is_loose BIGINT NOT NULL DEFAULT 0;
CREATE INDEX files_loose ON files (conversation_id) WHERE is_loose = 1;
