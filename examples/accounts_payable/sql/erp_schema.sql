-- The ERP's tables. Money in the books is integer cents of the books' currency; quantities and
-- prices are decimal texts, because SQLite has no exact decimal type.

CREATE TABLE IF NOT EXISTS supplier (
    id          TEXT PRIMARY KEY,                -- VAT id, else another registered id
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,                   -- for invoices that carry a name and no id
    country     TEXT NOT NULL,
    iban        TEXT NOT NULL,
    blocked     INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)),
    cost_center TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS supplier_by_name ON supplier (name_key);

CREATE TABLE IF NOT EXISTS bank_change (
    idempotency_key TEXT PRIMARY KEY,            -- one confirmed change happens once
    supplier_id     TEXT NOT NULL REFERENCES supplier (id),
    before          TEXT NOT NULL,
    after           TEXT NOT NULL,
    undone          INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;

CREATE TABLE IF NOT EXISTS purchase_order (
    number      TEXT PRIMARY KEY,
    supplier_id TEXT NOT NULL REFERENCES supplier (id),
    currency    TEXT NOT NULL,
    ordered_on  TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS order_by_supplier ON purchase_order (supplier_id);

CREATE TABLE IF NOT EXISTS order_line (
    order_number TEXT NOT NULL REFERENCES purchase_order (number),
    number       TEXT NOT NULL,
    description  TEXT NOT NULL,
    quantity     TEXT NOT NULL,
    unit_price   TEXT NOT NULL,
    PRIMARY KEY (order_number, number)
) STRICT;

CREATE TABLE IF NOT EXISTS receipt (
    id           TEXT NOT NULL,                  -- the delivery note; one note may bring many lines
    order_number TEXT NOT NULL,
    order_line   TEXT NOT NULL,
    quantity     TEXT NOT NULL,
    received_on  TEXT NOT NULL,
    PRIMARY KEY (id, order_number, order_line),
    FOREIGN KEY (order_number, order_line) REFERENCES order_line (order_number, number)
) STRICT;
CREATE INDEX IF NOT EXISTS receipt_by_order ON receipt (order_number);

CREATE TABLE IF NOT EXISTS account (
    number TEXT PRIMARY KEY,
    name   TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS posting (
    id              TEXT PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,        -- one request posts once, however often it is sent
    supplier_id     TEXT NOT NULL,
    number          TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    issue_date      TEXT NOT NULL,
    posted_on       TEXT NOT NULL,
    account         TEXT NOT NULL,
    text            TEXT NOT NULL,
    order_number    TEXT,
    preceding       TEXT,                        -- the invoice a credit note takes back from
    currency        TEXT NOT NULL,               -- of the document
    document_cents  INTEGER NOT NULL,            -- gross, in the document's currency
    net_cents       INTEGER NOT NULL,
    tax_cents       INTEGER NOT NULL,
    gross_cents     INTEGER NOT NULL,
    state           TEXT NOT NULL DEFAULT 'posted' CHECK (state IN ('posted', 'cancelled')),
    CHECK (gross_cents = net_cents + tax_cents)
) STRICT;
-- The same bill of the same supplier is in the books once.
CREATE UNIQUE INDEX IF NOT EXISTS posting_once ON posting (supplier_id, number)
    WHERE state = 'posted';
CREATE INDEX IF NOT EXISTS posting_by_amount ON posting (supplier_id, document_cents);
CREATE INDEX IF NOT EXISTS posting_by_preceding ON posting (supplier_id, preceding)
    WHERE preceding IS NOT NULL;

CREATE TABLE IF NOT EXISTS entry (               -- double entry: what a posting moves
    posting_id TEXT NOT NULL REFERENCES posting (id),
    line       INTEGER NOT NULL,
    account    TEXT NOT NULL,
    debit      INTEGER NOT NULL DEFAULT 0 CHECK (debit >= 0),
    credit     INTEGER NOT NULL DEFAULT 0 CHECK (credit >= 0),
    PRIMARY KEY (posting_id, line),
    CHECK (debit = 0 OR credit = 0)
) STRICT;

CREATE TABLE IF NOT EXISTS billed (              -- what a posting used up of an order
    posting_id   TEXT NOT NULL REFERENCES posting (id),
    order_number TEXT NOT NULL,
    order_line   TEXT NOT NULL,
    quantity     TEXT NOT NULL,
    PRIMARY KEY (posting_id, order_line)
) STRICT;
CREATE INDEX IF NOT EXISTS billed_by_order ON billed (order_number);

CREATE TABLE IF NOT EXISTS coding (              -- how bills were booked in earlier years
    id          INTEGER PRIMARY KEY,
    supplier_id TEXT NOT NULL,
    supplier    TEXT NOT NULL,
    text        TEXT NOT NULL,
    net_cents   INTEGER NOT NULL,
    account     TEXT NOT NULL,
    booked_on   TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS coding_by_supplier ON coding (supplier_id);

CREATE TABLE IF NOT EXISTS exchange_rate (       -- units of the books' currency for one unit
    currency TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    rate     TEXT NOT NULL,
    PRIMARY KEY (currency, valid_from)
) STRICT;
