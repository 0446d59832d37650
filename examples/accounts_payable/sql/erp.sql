-- name: supplier_by_id
-- The supplier with that id.
SELECT id, name, country, iban, blocked, cost_center FROM supplier WHERE id = :id;

-- name: supplier_by_name
-- The suppliers whose normalised name is that; more than one is no answer.
SELECT id, name, country, iban, blocked, cost_center FROM supplier WHERE name_key = :name LIMIT 2;

-- name: order_by_number
SELECT number, supplier_id, currency, ordered_on FROM purchase_order WHERE number = :number;

-- name: orders_of_supplier
SELECT number FROM purchase_order WHERE supplier_id = :supplier_id ORDER BY number;

-- name: order_lines
SELECT number, description, quantity, unit_price FROM order_line
WHERE order_number = :number ORDER BY CAST(number AS INTEGER), number;

-- name: receipts
SELECT id, order_line, quantity FROM receipt WHERE order_number = :number ORDER BY id, order_line;

-- name: billed
-- What live postings have billed of an order; a credit note's quantities are negative.
SELECT billed.order_line, billed.quantity FROM billed
JOIN posting ON posting.id = billed.posting_id AND posting.state = 'posted'
WHERE billed.order_number = :number ORDER BY billed.posting_id, billed.order_line;

-- name: rate
-- The newest rate that was valid on that day.
SELECT rate FROM exchange_rate WHERE currency = :currency AND valid_from <= :day
ORDER BY valid_from DESC LIMIT 1;

-- name: account_name
SELECT name FROM account WHERE number = :number;

-- name: usual_account
-- The account this supplier's bills were booked to most often, with how often.
SELECT account, COUNT(*) AS times FROM coding WHERE supplier_id = :supplier_id
GROUP BY account ORDER BY times DESC, account LIMIT 1;

-- name: codings
SELECT supplier_id, supplier, text, net_cents, account FROM coding ORDER BY id;

-- name: live_posting
-- The posting of a bill that is in the books now.
SELECT * FROM posting WHERE supplier_id = :supplier_id AND number = :number AND state = 'posted';

-- name: postings_of_supplier
-- The supplier's live postings that could be the same bill: by amount, or of recent date.
SELECT id, number, issue_date, document_cents, currency FROM posting
WHERE supplier_id = :supplier_id AND kind = :kind AND state = 'posted'
  AND (document_cents = :document_cents OR issue_date >= :since)
ORDER BY id;

-- name: credited
-- What live credit notes have taken back from an invoice, in the document's currency.
SELECT COALESCE(SUM(document_cents), 0) AS cents FROM posting
WHERE supplier_id = :supplier_id AND preceding = :number AND state = 'posted';

-- name: posting_by_key
SELECT * FROM posting WHERE idempotency_key = :idempotency_key;

-- name: posting_by_id
SELECT * FROM posting WHERE id = :id;

-- name: add_posting
INSERT INTO posting (id, idempotency_key, supplier_id, number, kind, issue_date, posted_on, account,
    text, order_number, preceding, currency, document_cents, net_cents, tax_cents, gross_cents)
VALUES (:id, :idempotency_key, :supplier_id, :number, :kind, :issue_date, :posted_on, :account,
    :text, :order_number, :preceding, :currency, :document_cents, :net_cents, :tax_cents,
    :gross_cents);

-- name: add_entry
INSERT INTO entry (posting_id, line, account, debit, credit)
VALUES (:posting_id, :line, :account, :debit, :credit);

-- name: entries
SELECT line, account, debit, credit FROM entry WHERE posting_id = :posting_id ORDER BY line;

-- name: add_billed
INSERT INTO billed (posting_id, order_number, order_line, quantity)
VALUES (:posting_id, :order_number, :order_line, :quantity);

-- name: cancel_posting
UPDATE posting SET state = 'cancelled' WHERE id = :id AND state = 'posted';

-- name: totals
-- The trial balance: debits and credits over the whole ledger, and how many postings live in it.
SELECT (SELECT COALESCE(SUM(debit), 0) FROM entry) AS debit,
       (SELECT COALESCE(SUM(credit), 0) FROM entry) AS credit,
       (SELECT COUNT(*) FROM posting WHERE state = 'posted') AS postings;

-- name: set_iban
UPDATE supplier SET iban = :iban WHERE id = :supplier_id;

-- name: bank_change
SELECT supplier_id, before, after FROM bank_change
WHERE idempotency_key = :idempotency_key AND undone = 0;

-- name: add_bank_change
INSERT INTO bank_change (idempotency_key, supplier_id, before, after)
VALUES (:idempotency_key, :supplier_id, :before, :after);

-- name: undo_bank_change
UPDATE bank_change SET undone = 1 WHERE idempotency_key = :idempotency_key AND undone = 0;

-- name: add_supplier
INSERT INTO supplier (id, name, name_key, country, iban, blocked, cost_center)
VALUES (:id, :name, :name_key, :country, :iban, :blocked, :cost_center);

-- name: add_order
INSERT INTO purchase_order (number, supplier_id, currency, ordered_on)
VALUES (:number, :supplier_id, :currency, :ordered_on);

-- name: add_order_line
INSERT INTO order_line (order_number, number, description, quantity, unit_price)
VALUES (:order_number, :number, :description, :quantity, :unit_price);

-- name: add_receipt
INSERT INTO receipt (id, order_number, order_line, quantity, received_on)
VALUES (:id, :order_number, :order_line, :quantity, :received_on);

-- name: add_account
INSERT INTO account (number, name) VALUES (:number, :name);

-- name: add_coding
INSERT INTO coding (supplier_id, supplier, text, net_cents, account, booked_on)
VALUES (:supplier_id, :supplier, :text, :net_cents, :account, :booked_on);

-- name: add_rate
INSERT INTO exchange_rate (currency, valid_from, rate) VALUES (:currency, :valid_from, :rate);
