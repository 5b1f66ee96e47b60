-- Files of one channel wait for no other channel's. Where the person was erased there is nothing to fetch.
UPDATE effects
SET share = COALESCE('fetch:' || (SELECT c.channel FROM conversations c WHERE c.id = conversation_id), 'work')
WHERE kind = 'fetch_photos' AND share = 'fetch';
