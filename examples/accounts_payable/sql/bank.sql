-- name: daily_limit
SELECT daily_cents FROM cash_plan WHERE id = 1;

-- name: set_daily_limit
INSERT INTO cash_plan (id, daily_cents) VALUES (1, :daily_cents)
ON CONFLICT (id) DO UPDATE SET daily_cents = excluded.daily_cents;

-- name: booked
-- What leaves on each day from that day on.
SELECT execute_on, SUM(books_cents) AS cents FROM payment
WHERE state = 'scheduled' AND execute_on >= :since GROUP BY execute_on;

-- name: payment_by_key
SELECT * FROM payment WHERE idempotency_key = :idempotency_key;

-- name: add_payment
INSERT INTO payment (id, idempotency_key, posting_id, seller_id, iban, currency, amount_cents,
    discount_cents, books_cents, execute_on, due_date)
VALUES (:id, :idempotency_key, :posting_id, :seller_id, :iban, :currency, :amount_cents,
    :discount_cents, :books_cents, :execute_on, :due_date);

-- name: cancel_payment
UPDATE payment SET state = 'cancelled' WHERE id = :id AND state = 'scheduled';

-- name: totals
SELECT COUNT(*) AS payments, COALESCE(SUM(books_cents), 0) AS cents,
       COALESCE(SUM(discount_cents), 0) AS discount_cents
FROM payment WHERE state = 'scheduled';
