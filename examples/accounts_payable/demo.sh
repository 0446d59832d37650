#!/usr/bin/env bash
# A Monday in accounts payable, told in commands: `make demo`, or `bash examples/accounts_payable/demo.sh`.
# Every command is shown before it runs, so that each can be repeated by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

interlock_at=${INTERLOCK:-$(command -v interlock || echo .venv/bin/interlock)}
[[ -x $interlock_at ]] || { echo "interlock is not installed here; run: make setup" >&2; exit 1; }
python_at=$(dirname "$interlock_at")/python # the one interlock runs on
folder=.interlock/demo
picked=$folder/picked.json

bold='' dim='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi

tell() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
remark() { printf '%s\n' "$*"; }

# The command as a reader would type it.
show_only() {
  local word
  printf '\n%s$' "$dim"
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:=,+-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '%s\n' "$plain"
}

# The same, then its output.
show() {
  show_only "$@"
  "$@"
}

interlock() { "$interlock_at" "$@"; }
python() { "$python_at" "$@"; }

# What must fail: the refusal is the point of it.
refused() {
  if show "$@"; then
    echo "this should have been refused" >&2
    exit 1
  fi
}

# reword FILE EXPRESSION: the file changed by sed, with no copy left beside it; what it is made of
# is the version of the contract.
reword() {
  sed "$2" "$1" >"$picked"
  cat "$picked" >"$1"
}

# at TIME [DAY]: of March 2026; the Monday of the story when no day is given.
at() {
  export INTERLOCK_CLOCK="2026-03-${2:-02}T$1:00+01:00"
  printf '\n%s$ export INTERLOCK_CLOCK=%s%s\n' "$dim" "$INTERLOCK_CLOCK" "$plain"
}

# pick QUEUE KIND [LEAST MOST]: "task case" of each waiting task of that kind, most urgent first.
pick() {
  interlock review list --queue "$1" --limit 500 --json >"$picked"
  python - "$picked" "${@:2}" <<'PYTHON'
import json
import sys

listed, kind, *limits = sys.argv[1:]
least, most = map(float, limits or (0, 1e12))
with open(listed, encoding="utf-8") as file:
    tasks = json.load(file)["tasks"]
for task in tasks:
    amount = task["amount"] or {"amount": "0", "currency": "EUR"}
    fits = amount["currency"] == "EUR" and least <= float(amount["amount"]) <= most
    if (task["exception"] or task["kind"]) == kind and fits:
        print(task["task"], task["case"])
PYTHON
}

# order_for CASE: an open order of the invoice's supplier with its amount, as the ERP has it.
order_for() {
  interlock case show "$1" --json >"$picked"
  python - "$picked" "$INTERLOCK_DATA" <<'PYTHON'
import json
import sys
from decimal import Decimal

from examples.accounts_payable.systems import systems

with open(sys.argv[1], encoding="utf-8") as file:
    invoice = json.load(file)["fields"]
orders = systems({"folder": sys.argv[2]})["erp"].open_orders(invoice["seller_id"])
net = Decimal(str(invoice["net"]))
print(next((order.number for order in orders if abs(order.open_value - net) < 1), ""))
PYTHON
}

# free_port: the usual port, or any other when something listens there.
free_port() {
  python - <<'PYTHON'
import socket

try:
    place = socket.create_server(("127.0.0.1", 8420))
except OSError:
    place = socket.create_server(("127.0.0.1", 0))
print(place.getsockname()[1])
PYTHON
}

# open_and_look: the console, for as long as it takes to sign in with its link and see the desk.
open_and_look() {
  local said=$folder/up.txt console link='' status=0
  show_only interlock up --port "$port" --link-for anna
  "$interlock_at" up --port "$port" --link-for anna >"$said" &
  console=$!
  trap 'kill "$console" 2>/dev/null || true' EXIT
  while [[ -z $link ]] && kill -0 "$console" 2>/dev/null; do
    sleep 0.2
    link=$(sed -n 's/^Sign in  //p' "$said")
  done
  cat "$said"
  python -m examples.accounts_payable.look_in "$link" || status=$?
  kill -TERM "$console" 2>/dev/null || true
  wait "$console" || status=$?
  trap - EXIT
  tail -n 1 "$said"
  return "$status"
}

rm -rf "$folder"
mkdir -p "$folder"
export INTERLOCK_DATABASE_URL="sqlite:///$folder/interlock.db"
export INTERLOCK_DATA="$folder/data"
export INTERLOCK_WORKFLOWS=examples/accounts_payable
export INTERLOCK_STAGE=autonomous
export TZ=Europe/Berlin # where the company is; times are shown as the clerks' clocks show them
unset INTERLOCK_CLOCK INTERLOCK_USER INTERLOCK_JSON INTERLOCK_CRASH_AT INTERLOCK_HOST INTERLOCK_PORT
unset INTERLOCK_PUBLIC_URL INTERLOCK_TRUSTED_HOSTS INTERLOCK_SMTP_URL INTERLOCK_NOTIFY_URLS INTERLOCK_WEBHOOKS

tell "Interlock takes work through a written contract: software does the plain cases, people decide
the others, and every step is on record. Here it is a Monday's invoices of a made-up company."
remark "(The story plays on 2 March 2026; INTERLOCK_CLOCK says what time it is.)"
for variable in INTERLOCK_DATABASE_URL INTERLOCK_DATA INTERLOCK_WORKFLOWS INTERLOCK_STAGE TZ; do
  printf '%s$ export %s=%s%s\n' "$dim" "$variable" "${!variable}" "$plain"
done

tell "1. A company: suppliers, orders, receipts, two years of bookings, and 250 invoices in the inbox"
show python -m examples.accounts_payable.generate \
  --invoices 250 --later 420 --seed 7 --today 2026-03-02 --into "$folder"

tell "2. The contract is checked before anything runs"
show interlock check examples/accounts_payable

tell "3. Monday, 9:00: the inbox is worked through"
at 09:00
show interlock run "$folder/inbox"
remark ""
remark "Payments on hold can still be stopped, for an hour. The others wait for a person."

tell "4. Monday, 10:15: the hold is over"
at 10:15
show interlock work --once

tell "5. What the clerks see, the most urgent first"
show interlock review list --queue ap_clerks --limit 8

tell "   One of them: a price above the order. The question, the evidence, what each answer causes"
read -r price price_case < <(pick ap_clerks price_variance 0 5000)
show interlock review show "$price"

tell "   Anna knows of the new price and says why"
show interlock review decide "$price" approve --as anna \
  --reason agreed_price_change --note "New price list since February"

tell "   An invoice names no order, and two would fit. Bruno has asked the buyer"
mapfile -t orderless < <(pick ap_clerks missing_data 1 5000)
for each in "${orderless[@]}"; do
  read -r task case <<<"$each"
  order=$(order_for "$case")
  [[ -z $order ]] || break
done
show interlock review decide "$task" edit --as bruno --set "order=$order"

tell "   Anna may decide up to EUR 5,000. This is more, so it is refused, and nothing is recorded"
read -r task case < <(pick ap_clerks possible_duplicate 5000.01 1000000)
refused interlock review decide "$task" approve --as anna --reason different_delivery

tell "   A bill that names another bank account. No software may do this step: the finance
   director calls the supplier on the number the company knows, and puts the call on record"
read -r task case < <(pick finance_director human_step)
show interlock review decide "$task" approve --as finance_director \
  --reason confirmed_by_call \
  --evidence "call_back_record=Called +49 511 5550 0 at 10:20; their bookkeeper confirmed the change"

tell "6. Monday, 11:30: what was decided has gone on"
at 11:30
show interlock work --once

tell "   The case Anna decided, from the inbox to the payment"
show interlock case show "$price_case"

tell "7. Was the record changed since? Every entry is sealed to the one before it"
show interlock audit verify

tell "8. So far a setting let the AI decide alone. From now on each version of the contract has to
   earn that: it begins with people deciding every suggestion, and a gate counts what they change"
at 16:00
show interlock eval --answers record examples/accounts_payable
show interlock release propose accounts_payable --as erp_integration --reason "First version"
show interlock release sign accounts_payable --as internal_audit --reason "Read, agreed for the pilot"
show interlock release start accounts_payable --stage assisted --as finance_director --reason "Pilot"

tell "   Four days of invoices, with stand-ins for the clerks"
at 08:00 03
show python -m examples.accounts_payable.some_days "$folder/later" --files 360 --per-day 90

tell "   The evidence is enough: the director signs, and one case in ten is decided without people"
at 18:00 06
show interlock gate show accounts_payable
show interlock release promote accounts_payable --as finance_director --reason "As the gate says"

tell "9. Somebody wants fewer questions and lowers the confidence line. What would that move?"
at 18:30 06
cp -r examples/accounts_payable "$folder/lower"
reword "$folder/lower/contract.yaml" 's/accept_at: 0.92/accept_at: 0.60/'
remark "(A copy of the contract's folder, with accept_at: 0.60 instead of 0.92)"
show interlock diff examples/accounts_payable "$folder/lower"
export INTERLOCK_WORKFLOWS=$folder/lower
printf '\n%s$ export INTERLOCK_WORKFLOWS=%s%s\n' "$dim" "$INTERLOCK_WORKFLOWS" "$plain"
show interlock release propose accounts_payable --as erp_integration --reason "Fewer questions"

tell "   It cannot start before internal audit signs, and whoever proposed it cannot sign"
refused interlock release start accounts_payable --stage assisted --as finance_director \
  --reason "Month end"
refused interlock release sign accounts_payable --as erp_integration --reason "It is fine"
show interlock release withdraw accounts_payable --as erp_integration --reason "Not agreed"

tell "10. A harmless change: a question is worded better. It starts where people decide"
cp -r examples/accounts_payable "$folder/reworded"
reword "$folder/reworded/contract.yaml" \
  's/Book {seller_name} {number} to this/Does {seller_name} {number} belong to this/'
show interlock diff examples/accounts_payable "$folder/reworded"
export INTERLOCK_WORKFLOWS=$folder/reworded
printf '\n%s$ export INTERLOCK_WORKFLOWS=%s%s\n' "$dim" "$INTERLOCK_WORKFLOWS" "$plain"
show interlock eval --answers record "$folder/reworded"
show interlock release propose accounts_payable --as erp_integration --reason "Clearer question"
show interlock release start accounts_payable --stage assisted --as finance_director \
  --reason "Nothing moves to the machine"

tell "   But its model is trained on an export with the account numbers of another chart. It is as
   sure of itself as before, and wrong. Nobody is told"
show python -m examples.accounts_payable.spoil_model "$INTERLOCK_DATA"
at 08:00 09
show python -m examples.accounts_payable.some_days "$folder/later" --skip 360 --files 40

tell "   The gate took it back by itself: new cases go by fixed rules, the AI is only watched"
at 11:30 09
show interlock release show accounts_payable

tell "Where to look next"
remark "  examples/accounts_payable/contract.yaml   the agreement, in words an operations lead can read
  examples/accounts_payable/README.md       the same in a table, and what else is planted
  interlock review list                     what still waits, on the command line
  interlock try examples/accounts_payable $folder/inbox/00001-csv.csv
                                            one invoice, told step by step, without a trace
  interlock new claims                      a workflow of your own, which runs at once"

tell "11. Monday, 11:30: the same in a console, with the releases and this morning's work. Open the
    link: it signs you in as Anna, who has the clerks' desk"
show python -m examples.accounts_payable.some_days "$folder/later" --skip 400 --files 20 --leave
port=$(free_port)
if [[ -t 0 && -t 1 && -z ${CI:-} && -z ${DEMO_ONCE:-} ]]; then
  remark "(Ctrl-C ends it. Everything is kept in $folder until the next make demo.)"
  show_only interlock up --port "$port" --link-for anna
  exec "$interlock_at" up --port "$port" --link-for anna # so that Ctrl-C reaches it alone
else
  remark "(Nobody is at a terminal: it is started, looked at, and stopped.)"
  open_and_look
fi
