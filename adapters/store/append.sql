-- The one way in which events are appended: one call, one round trip, one lock.
--
-- The lock makes writers take turns from the moment at which an event gets its position until it is committed, so a
-- reader who has seen a position has seen all before it, and no position is left out. It is an advisory lock: whoever
-- reads, or idles in a transaction on any table, holds up nobody. All writers have to come this way, and the table
-- has no default for positions to see to it.
--
-- What belongs to the same transaction is told along with it, as statements with their rows beside them. So the lock is
-- given up by the server alone, also if whoever asked is paused the moment after, or his machine is gone. And a
-- statement holds no value, for where one fails or takes long the server writes it into its own log.
DROP FUNCTION IF EXISTS bonitet_append(
    text[], bigint[], text[], bytea[], bigint, text[], bigint[], text[], bigint[], bigint[], integer, text[]
);
DROP FUNCTION IF EXISTS bonitet_queued();
CREATE OR REPLACE FUNCTION bonitet_append(
    streams text[], versions bigint[], topics text[], states bytea[],  -- the events
    seen bigint,             -- the last position known when these companies were read (null: don't look)
    read text[],             -- the companies that were read
    queued text[],           -- what told one state of their parked facts from another (null: don't look)
    sources text[], expected bigint[], reached bigint[],  -- positions that move by compare-and-set
    lock_for integer,        -- how long to wait for the lock, in milliseconds
    also text[] DEFAULT '{}',  -- statements, which find a row's values in $1
    rows text[] DEFAULT '{}'   -- for each of them its rows, an array of JSON arrays
) RETURNS bigint             -- the last position before these events
LANGUAGE plpgsql AS $$
DECLARE
    last bigint;
    clash text[];
    told jsonb;
BEGIN
    PERFORM set_config('lock_timeout', lock_for || 'ms', true);
    PERFORM pg_advisory_xact_lock(hashtextextended('bonitet append', 0));
    SELECT coalesce(max(notification_id), 0) INTO last FROM stored_events;
    IF seen < last THEN
        SELECT array_agg(DISTINCT split_part(originator_id, '/', 1)) INTO clash
        FROM stored_events
        WHERE notification_id > seen AND split_part(originator_id, '/', 1) = ANY (read);
        IF clash IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'BN001', MESSAGE = json_build_array(last, clash)::text;
        END IF;
    END IF;
    IF queued <> bonitet_queued(read) THEN
        RAISE EXCEPTION USING ERRCODE = 'BN001', MESSAGE = json_build_array(last, ARRAY[]::text[])::text;
    END IF;
    FOR i IN 1 .. coalesce(array_length(sources, 1), 0) LOOP
        IF expected[i] = 0 THEN
            INSERT INTO tracking (application_name, notification_id) VALUES (sources[i], reached[i])
            ON CONFLICT DO NOTHING;
        ELSE
            UPDATE tracking SET notification_id = reached[i]
            WHERE application_name = sources[i] AND notification_id = expected[i];
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'BN002', MESSAGE = json_build_array(sources[i], expected[i])::text;
        END IF;
    END LOOP;
    INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, state)
    SELECT last + e.nth, e.stream, e.version, e.topic, e.state
    FROM unnest(streams, versions, topics, states) WITH ORDINALITY AS e (stream, version, topic, state, nth);
    FOR i IN 1 .. coalesce(array_length(also, 1), 0) LOOP
        FOR told IN SELECT jsonb_array_elements(rows[i]::jsonb) LOOP
            EXECUTE also[i] USING told;
        END LOOP;
    END LOOP;
    NOTIFY bonitet;
    RETURN last;
END
$$;

-- For each of these companies that has parked facts, what tells one state of them from another: as the program's own.
CREATE OR REPLACE FUNCTION bonitet_queued(read text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(concat_ws(' ', subject, last, count, awaited, numbers) ORDER BY subject), '{}') FROM (
        SELECT subject, max(number) AS last, count(*) AS count, coalesce(sum(length(awaits)), 0) AS awaited,
            sum(number) AS numbers
        FROM parked WHERE state = 'waiting' AND subject = ANY (read) GROUP BY subject
    ) AS queues
$$;
