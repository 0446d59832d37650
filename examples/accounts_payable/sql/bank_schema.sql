-- The bank's payment run. Money is integer cents.

CREATE TABLE IF NOT EXISTS payment (
    id              TEXT PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,        -- one request pays once, however often it is sent
    posting_id      TEXT NOT NULL,
    seller_id       TEXT NOT NULL,
    iban            TEXT NOT NULL CHECK (iban <> ''),
    currency        TEXT NOT NULL,
    amount_cents    INTEGER NOT NULL CHECK (amount_cents > 0),
    discount_cents  INTEGER NOT NULL CHECK (discount_cents >= 0),
    books_cents     INTEGER NOT NULL,            -- in the books' currency; the day's limit counts it
    execute_on      TEXT NOT NULL,
    due_date        TEXT NOT NULL,
    state           TEXT NOT NULL DEFAULT 'scheduled' CHECK (state IN ('scheduled', 'cancelled'))
) STRICT;
-- One posting is paid once.
CREATE UNIQUE INDEX IF NOT EXISTS payment_once ON payment (posting_id) WHERE state = 'scheduled';
CREATE INDEX IF NOT EXISTS payment_by_day ON payment (execute_on) WHERE state = 'scheduled';

CREATE TABLE IF NOT EXISTS cash_plan (           -- what treasury allows to leave on one day
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    daily_cents INTEGER NOT NULL CHECK (daily_cents > 0)
) STRICT;
