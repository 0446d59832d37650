-- Cumulative budgets over all cases.

-- name: take_budget
-- Adds what was reserved; the row is locked since `hold_budgets`.
UPDATE budget_use SET used = used + :units
WHERE workflow = :workflow AND budget = :budget AND time_window = :time_window;

-- name: budget_used
-- What is used of one budget in one window.
SELECT used
FROM budget_use
WHERE workflow = :workflow AND budget = :budget AND time_window = :time_window;
