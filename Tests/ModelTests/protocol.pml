/*
 * The protocol of a send (DESIGN §4), for spin: two ticks, two operators, a mail server, and time.
 *
 * Each transition names the statement that performs it, as "step:" and the file's name in sql/steps; ModelTests checks
 * that every statement that moves a message or changes a campaign is named here.
 *
 * What is modelled: claim (barrier, then in a later statement the campaign's state, then the commit, whose answer may
 * be lost, and which may come after its client has gone), hand over (a server that accepts when it likes, a reply, a
 * lost connection, the deadline before every write), settle (guarded by the claim id; its commit's answer may be lost,
 * and then it is sent again), crash of a tick or an operator at any point, recovery past the deadline, late outcomes,
 * pause, resume, cancel, resolve-unknown --resend and requeue by two operators, on_unknown hold and resend.
 *
 * What is not: leads, steps behind steps (a claim is one step here, on the row as it is), pace, caps, windows and the campaign clock (they only make claims rarer);
 * several messages in one claim (they share nothing but its transaction); what a person says became of a message (late
 * outcomes, if it is true); a failover that loses commits; a host frozen together with its clocks. A settlement that
 * the database performs after it was sent a second time is not modelled apart: it is the same as the second one
 * performed late. Nor is a transaction that is rolled back: it is the same as one that was not begun.
 *
 * What passes the barrier: a claim, shared; and, exclusive, every change of a campaign's state but two: it completes
 * with its last message, and fails by its health, in the settlement that finds it so. And these move a message to `pending` without it: a settlement (deferred, returned, unknown where
 * the campaign says resend), a late outcome, a recovery. They need not pass it: they end in `pending`, from there only
 * a claim leads on, and that reads the campaign's state behind the barrier. The searches find nothing wrong with that.
 *
 * What comes in how:
 * - A start at its time (SCHEDULED): behind the barrier, exclusive, scheduled -> running, if it is *still* scheduled.
 *   A person who starts a scheduled or paused campaign resumes it: behind the barrier.
 * - Failure by health (HEALTH) is part of count_moves(). As it takes no barrier, it counts `pause_number` up: a pause
 *   of a failed campaign is one that waits, and claims may have been granted meanwhile.
 * - A message that a rule (window, gap, domain) holds gets a `not_before`, as a statement of the claim, which only
 *   makes claims rarer, and gives back nothing that the model does not: O_RETURNED. A claim never sees what waits for
 *   an old deadline, so no rule can shorten that wait.
 * - A refusal that is held is O_RETURNED with a `not_before`, like a rule's. One that is believed later moves a message
 *   from `pending` to `failed`, or to `pending` with a retry, as a skip does: nothing becomes `sending` by it, so it needs
 *   no barrier; its fence is the row of held_refusals that it takes away, and a claim that came first leaves it nothing.
 * - `requeue` (REQUEUE) is what resend-messages (RESOLVE) is, from `failed`, with the same mark-reopened: behind the
 *   barrier. It may follow upon a message that a late outcome has made `failed` while its deadline was ahead. The later
 *   steps that it brings back wait behind it, as all do. step: lower-health counts, and moves nothing.
 * - A scheduled campaign whose start time is taken out of its document is a draft again, which nothing sends: behind the
 *   barrier, like its pause. step: mark-draft
 *
 * These move nothing that the model has, and are named for completeness: step: note-start-trouble, step: release-held,
 * step: release-sender-holds, step: change-lead, step: update-leads
 * (which let go what a rule holds, never what waits for a deadline).
 *
 * Time: a deadline is an event, "passed", that may happen at any moment from the claim on. That a tick's own clock
 * runs from before the claim was sent makes its deadline the earlier one; the model takes the worst case, the same
 * instant. That a tick writes nothing after it is the dead-man timer.
 *
 * Sizes and settings, by -D: MESSAGES (1), CLAIMS (3: claim ids, in all), CALLS (of operators, in all), RETRIES (1),
 * RESEND, RESOLVE, REQUEUE, HEALTH, SCHEDULED. Broken variants, by -D as well, are where their names are used below.
 */

#ifndef MESSAGES
#define MESSAGES 1
#endif
#ifndef CLAIMS
#define CLAIMS 3        /* 1 to 3 */
#endif
#ifndef CALLS
#define CALLS 2
#endif
#ifndef RETRIES
#define RETRIES 1
#endif
#ifdef RESEND
#define RESENDS true
#else
#define RESENDS false
#endif

/* ---- The database: what is committed --------------------------------------------------------------------------- */

/* messages.status; everything up to SENDING is open */
#define PENDING 0
#define SENDING 1
#define SENT 2
#define FAILED 3
#define SKIPPED 4
#define CANCELLED 5
#define UNKNOWN 6

/* campaigns.status */
#define RUNNING 0
#define PAUSED 1
#define HEALTHLESS 2    /* failed */
#define COMPLETED 3
#define CALLED_OFF 4    /* cancelled */
#define WAITING 5       /* scheduled */

byte status[MESSAGES];
byte claim[MESSAGES];           /* claim_id; it stays when a message leaves SENDING */
byte deadline[MESSAGES];        /* the claim whose deadline the row has; 0 is null */
byte not_before[MESSAGES];      /* the claim whose deadline it waits for; 0 is null */
byte attempt[MESSAGES];
byte times_accepted[MESSAGES];
bool row_locked[MESSAGES];      /* by a claim that is not committed */
bool unaccounted[CLAIMS + 1];            /* by claim: it has a row in unknown_attempts, without a late outcome */

#ifdef SCHEDULED
byte campaign = WAITING;
bool has_started;
#define resumed (has_started -> RUNNING : WAITING)
#else
byte campaign = RUNNING;
#define resumed RUNNING
#endif
byte pause_number;
byte waiting;                   /* which operators know a pause by its number */
byte open_count = MESSAGES;

byte shared;                    /* claims that hold the barrier */
bool exclusive;                 /* a change of state holds it */

/* ---- The world: what really happens ---------------------------------------------------------------------------- */

/* Of one attempt. Bytes before the final dot need no state: where they may be written, the dot may be written as well,
   and the server drops an unfinished mail. */
#define NOTHING 0       /* or it does not matter any more */
#define DOT 1           /* the final dot was written; the server has not decided */
#define ACCEPTED 2      /* it has, and its reply is on the way */
#define TURNED_DOWN 3
#define UNHEARD 4       /* the dot was written, and then we lost or broke the connection; the server has not decided */

byte claims;                    /* claim ids that were used */
byte message_of[CLAIMS + 1];             /* by claim */
byte wire[CLAIMS + 1];                   /* by claim */
bool passed[CLAIMS + 1];                 /* by claim: its deadline has passed */
byte accepted[MESSAGES];        /* how many times the server took it */
bool was_resent[MESSAGES];      /* claimed again after an attempt of unknown fate, as the campaign said */

bool is_paused;                 /* a pause has answered, and no resume was called since */
bool is_over;                   /* a cancel has answered */
bool reported[CLAIMS + 1];               /* by claim: that answer said that its fate is unknown */

/* Outcomes of an attempt */
#define O_ACCEPTED 1
#define O_DEFERRED 2
#define O_REFUSED 3
#define O_UNKNOWN 4
#define O_RETURNED 5
#define O_SKIPPED 6

/* ---- Conditions ------------------------------------------------------------------------------------------------ */

#define any_message(test) (test(0) || (MESSAGES > 1 && test(MESSAGES - 1)))

#define is_open(m) (status[m] <= SENDING)
#define is_ahead(m) (deadline[m] != 0 && !passed[deadline[m]])
#ifdef NO_RECOVERY
#define is_stuck(m) false
#else
#define is_stuck(m) (status[m] == SENDING && passed[claim[m]])
#endif
#define is_ripe(m) (not_before[m] != 0 && passed[not_before[m]])
#define is_due(m) (status[m] == PENDING && not_before[m] == 0)
#define is_free(m) (is_due(m) && !row_locked[m])
#define is_waiting(m) (status[m] == PENDING || status[m] > SENT)
#define is_left_over(m) (status[m] == PENDING && !row_locked[m] && campaign == CALLED_OFF)
#define is_pending(m) (status[m] == PENDING)
#define is_unknown(m) (status[m] == UNKNOWN)
#define has_failed(m) (status[m] == FAILED)

/* Whether some attempt of a message, other than one claim's, may have left. */
#define unsure_of(m, c, but) (unaccounted[c] && message_of[c] == m && c != but)
#if CLAIMS > 2
#define unsure_but(m, but) (unsure_of(m, 1, but) || unsure_of(m, 2, but) || unsure_of(m, 3, but))
#elif CLAIMS > 1
#define unsure_but(m, but) (unsure_of(m, 1, but) || unsure_of(m, 2, but))
#else
#define unsure_but(m, but) unsure_of(m, 1, but)
#endif
#define is_unsure(m) unsure_but(m, 0)

/* A campaign completes exactly when its last message has settled (unknown counts); the counters are the rows.
   What mends a campaign of which that is not true has nothing to do here. step: mend-campaign */
#define opened(m) (is_open(m) -> 1 : 0)
#if MESSAGES > 1        /* at most 2 */
#define really_open (opened(0) + opened(1))
#else
#define really_open opened(0)
#endif
#define ledger_is_right \
  (open_count == really_open && (campaign == COMPLETED || campaign == CALLED_OFF || really_open > 0) \
   && (campaign != COMPLETED || really_open == 0))

/* ---- What moves a message -------------------------------------------------------------------------------------- */

inline hold() {
#if defined(NO_BARRIER) || defined(ONE_SNAPSHOT)
  skip
#else
  shared++
#endif
}

inline release() {
#ifdef NO_BARRIER
  skip
#else
  shared--
#endif
}

/* For the length of one transaction, and no part of the state. */
hidden byte row, becomes, own, stuck;

/* A message moves, and in the same transaction the counters and, with the last one, the campaign. step: count-moves */
inline move() {
  if
  :: is_open(row) && becomes > SENDING -> open_count--
  :: !is_open(row) && becomes <= SENDING -> open_count++
  :: else
  fi;
  status[row] = becomes;
  if
  :: open_count == 0 && campaign != CALLED_OFF -> campaign = COMPLETED
  :: else
  fi;
  assert(ledger_is_right);
  /* The ledger says `sent` only of what was, and counts it no more often. */
  assert(status[row] != SENT || times_accepted[row] > 0);
  assert(times_accepted[row] <= accepted[row])
}

/* Pending, and never to be sent: cancelled or skipped, but `unknown` if an earlier attempt may have left. */
inline drop(m, state) {
  row = m;
  not_before[m] = 0;
#ifdef CANCEL_HIDES_UNKNOWN
  becomes = state;
#else
  becomes = (is_unsure(m) -> UNKNOWN : state);
#endif
  move()
}

/* A message that was never claimed, or not by this one, is skipped; that says nothing of an attempt that is out. */
inline skip_unclaimed(m) {
#ifdef SKIP_CLEARS_DEADLINE
  deadline[m] = 0;
#endif
  drop(m, SKIPPED)
}

/* Settle what is `sending` under a claim. Not moved: the claim is gone. */
inline settle(c, outcome, moved) {
  /* step: settle-messages */
  row = message_of[c];
  own = claim[row];
  if
#ifdef NO_FENCE
  :: status[row] == SENDING ->
#else
  :: status[row] == SENDING && own == c ->
#endif
    moved = true;
    /* Only a definite verdict clears the deadline. */
    if
    :: outcome != O_UNKNOWN || passed[c] -> deadline[row] = 0; passed[c] = true   /* when does not matter any more */
    :: else
    fi;
    if
    :: outcome == O_ACCEPTED ->
      times_accepted[row] = 1;
      becomes = SENT
    :: outcome == O_RETURNED ->       /* nothing was handed over: the attempt is given back */
      attempt[row]--;
      becomes = PENDING
    :: outcome == O_DEFERRED && attempt[row] <= RETRIES -> becomes = PENDING
    :: outcome == O_REFUSED || (outcome == O_DEFERRED && attempt[row] > RETRIES) ->
      /* A final refusal after an attempt that is unaccounted for is `unknown`, not `failed`. */
#ifdef REFUSED_IS_FAILED
      becomes = FAILED
#else
      becomes = (is_unsure(row) -> UNKNOWN : FAILED)
#endif
    :: outcome == O_UNKNOWN ->
      unaccounted[own] = true;
      if
      :: RESENDS && attempt[row] <= RETRIES && campaign != CALLED_OFF ->
#ifndef RESEND_WITHOUT_DEADLINE
        not_before[row] = c;          /* a resend waits for the old deadline */
#endif
        was_resent[row] = true;
        becomes = PENDING
      :: else -> becomes = UNKNOWN
      fi
    fi;
    /* In a cancelled campaign whatever would return to pending becomes cancelled. */
    if
    :: becomes == PENDING && campaign == CALLED_OFF -> drop(row, CANCELLED)
    :: else -> move()
    fi
  :: else -> moved = false
  fi
}

/* What became known of an attempt whose claim is gone: evidence, kept under message and claim, once. */
inline settle_late(c, outcome) {
  /* step: settle-late-outcome */
  row = message_of[c];
  own = claim[row];
  if
  :: unaccounted[c] && outcome != O_UNKNOWN ->
    unaccounted[c] = false;
    if
#ifdef LATE_CLEARS_DEADLINE
    :: status[row] == UNKNOWN || (outcome == O_ACCEPTED && is_waiting(row)) -> deadline[row] = 0
#else
    :: own == c -> deadline[row] = 0      /* a definite verdict clears its own deadline, not another attempt's */
#endif
    :: else
    fi;
    if
    :: outcome == O_ACCEPTED ->
      /* It wins over every other state. An attempt that is in flight meanwhile is now unaccounted for. */
      times_accepted[row]++;
      not_before[row] = 0;
      if
      :: status[row] == SENDING -> unaccounted[own] = true
      :: else
      fi;
      becomes = SENT
    :: outcome != O_ACCEPTED && status[row] == UNKNOWN && !unsure_but(row, c) ->
      if
      :: outcome != O_REFUSED && campaign == CALLED_OFF -> becomes = CANCELLED
      :: outcome == O_RETURNED && campaign != CALLED_OFF && campaign != COMPLETED ->
        attempt[row]--;
        becomes = PENDING
      :: outcome == O_DEFERRED && attempt[row] <= RETRIES && campaign != CALLED_OFF && campaign != COMPLETED ->
        becomes = PENDING
      :: else -> becomes = FAILED
      fi
    :: else -> becomes = status[row]      /* not the whole story: the message stays as it is */
    fi;
    move()
  :: else         /* sent again, or settled otherwise: nothing */
  fi
}

/* Recovery: `sending` past its deadline is settled as unknown, under the claim that it is still under. */
inline recover() {
  /* step: find-stuck-messages */
  for (k : 0 .. MESSAGES - 1) {
    if
    :: is_stuck(k) -> stuck = claim[k]; settle(stuck, O_UNKNOWN, ignored)
    :: else
    fi;
    /* step: forget-passed-deadlines */
    if
    :: deadline[k] != 0 && passed[deadline[k]] && status[k] != SENDING -> deadline[k] = 0
    :: else
    fi;
    /* step: wake-messages */
    if
    :: is_ripe(k) -> not_before[k] = 0
    :: else
    fi
  }
  k = 0;
  ignored = false;
  /* Nothing is stuck for longer than its lease plus one tick. */
  assert(!any_message(is_stuck) && !any_message(is_ripe))
}

/* Some of what is pending in a cancelled campaign; called until nothing is left, by whoever comes by. */
inline cancel_some() {
  /* step: cancel-messages */
  if
  :: is_left_over(0) -> drop(0, CANCELLED)
#if MESSAGES > 1
  :: !is_left_over(0) && is_left_over(1) -> drop(1, CANCELLED)
#endif
  fi
}

/* ---- A tick ---------------------------------------------------------------------------------------------------- */

/* A claim's transaction whose client has gone: the database performs it all the same, some time. */
byte orphan;                    /* its claim id; 0: there is none */

/* Which of the two is the first to claim is all one. */
/* step: load-work */
#define has_work(i) (campaign == RUNNING && any_message(is_free) && claims < CLAIMS && (i == 0 || claims > 0))

#if defined(NO_BARRIER) || defined(ONE_SNAPSHOT)
#define is_granted true
#else
#define is_granted (!exclusive)
#endif
#define is_alone (shared == 0 && !exclusive)

inline commit_claim(c) {
  /* step: claim-messages */
  row = message_of[c];
  assert(status[row] == PENDING);
  status[row] = SENDING;
  claim[row] = c;
  deadline[row] = c;            /* written by the statement before; it may have passed already */
  attempt[row]++;
  row_locked[row] = false;
  release()
}

/* Nothing of a message is written while a pause or a cancel has been answered; only under the claim that the row is
   still under, so that there is one writer at a time; and nothing after the deadline. */
inline write(c) {
  assert(!is_paused && !is_over);
  row = message_of[c];
  assert(claim[row] == c);
  wire[c] = DOT
}

/* The connection to the mail server ends, by us, by it, or because we died. */
inline hang_up(c) {
  if
  :: wire[c] == DOT -> wire[c] = UNHEARD
  :: else -> wire[c] = NOTHING
  fi
}

/* A claim that is not committed holds the message and its lead: a settlement waits for it. What is settled is
   `sending`, which no claim locks; what is settled late may be pending again. */
#define is_locked(c) (row_locked[message_of[c]])

/* A tick; when one has died or ended, the next one begins here. */
proctype Tick(byte i) {
  byte c, m, outcome, k;
  bool moved, ignored;

end_idle:
  if
  /* Recovery comes before it claims; what a cancel that died has left over is part of it. */
  :: atomic { any_message(is_stuck) || any_message(is_ripe) -> recover(); goto end_idle }
#ifndef CANCEL_IS_LEFT
  :: atomic { any_message(is_left_over) -> cancel_some(); goto end_idle }
#endif
  :: /* The lead must not be contacted: the claim answers the message without claiming it. */
    atomic { campaign == RUNNING && is_free(0) && is_granted -> goto skip_it }
#ifdef SCHEDULED
  :: /* Its time has come: behind the barrier, exclusive. */
    atomic { campaign == WAITING && is_alone -> goto start_it }
#endif
  :: /* Try the barrier, shared; not granted at once: a pause is under way, and nothing is claimed. */
    /* step: try-barrier */
    atomic { has_work(i) && is_granted -> hold() }
  fi;

  goto claim_it;

skip_it:
  /* Later, and a transaction of its own, whatever the campaign's state is by then; if another has claimed the message
     meanwhile, nothing. step: settle-messages */
  if
  :: atomic { status[0] == PENDING && !row_locked[0] -> skip_unclaimed(0); goto end_idle }
  :: atomic { status[0] != PENDING -> goto end_idle }
  :: atomic { goto end_idle }                                             /* crash */
  fi;

#ifdef SCHEDULED
start_it:
  /* step: find-due-starts */
  /* step: mark-started */
#ifdef START_IS_STALE
  /* Broken: it was scheduled when this looked, and is paused now. */
#define can_start (campaign == WAITING || campaign == PAUSED)
#else
#define can_start (campaign == WAITING)
#endif
  atomic {
    is_alone;
    if
    :: can_start -> campaign = RUNNING; has_started = true
    :: else
    fi;
    goto end_idle
  };
#endif

claim_it:
#ifdef ONE_SNAPSHOT
  /* Broken: lock and state are read by one statement, whose snapshot is older than the lock. */
  atomic { !exclusive -> shared++ };
#endif
  /* Then, in a later statement, re-read the campaign's state; lock rows, waiting for no lead. */
  /* step: lock-due-leads */
  atomic {
    if
#ifdef ONE_SNAPSHOT
    :: is_free(0) && claims < CLAIMS -> m = 0
#else
    :: campaign == RUNNING && is_free(0) && claims < CLAIMS -> m = 0
#if MESSAGES > 1
    :: campaign == RUNNING && is_free(1) && claims < CLAIMS -> m = 1
#endif
#endif
    :: else -> release(); goto end_idle
    fi;
    row_locked[m] = true;
    claims++;
    c = claims;
    message_of[c] = m;
    m = 0
  };
  /* The deadline is set here: from now on it may pass. Before this a crash leaves nothing. */
  if
  :: atomic { commit_claim(c) }
  :: atomic { commit_claim(c); goto die }                                 /* crash */
  :: atomic { commit_claim(c); goto give_back }                           /* its answer is lost */
  :: atomic { orphan == 0 -> orphan = c; goto die }                       /* crash, and it is still to come */
  :: atomic { orphan == 0 -> orphan = c; goto give_back }                 /* the connection is lost, and so */
#ifdef LOST_CLAIM_IS_SENT
  :: atomic { orphan == 0 -> orphan = c }
#endif
  fi;

  /* Hand over, only messages of a committed claim. The clock is read before every write. */
#ifdef NO_DEAD_MAN
  if
  :: !passed[c]                         /* Broken: frozen between the look at the clock and the write. */
  :: goto die
  fi;
  atomic { write(c) };
#else
  if
  :: atomic { !passed[c] -> write(c) }
  :: atomic { outcome = O_RETURNED; goto settle_it }      /* past the deadline, or no connection is free */
  :: atomic { outcome = O_DEFERRED; goto settle_it }      /* before the dot: connection lost, or refused for now */
  :: atomic { outcome = O_REFUSED; goto settle_it }       /* before the dot: the recipient, say */
  :: goto die
  fi;
#endif
  if
  :: atomic { wire[c] == ACCEPTED -> outcome = O_ACCEPTED; hang_up(c) }
  :: atomic { wire[c] == TURNED_DOWN -> outcome = O_REFUSED; hang_up(c) }
  :: atomic { wire[c] == TURNED_DOWN -> outcome = O_DEFERRED; hang_up(c) }
  :: atomic { outcome = O_UNKNOWN; hang_up(c) }           /* connection lost, or no answer in time */
  :: goto die
  fi;

settle_it:
  if
  :: atomic { settle(c, outcome, moved); if :: moved -> goto die :: else -> goto late fi }
  :: atomic { settle(c, outcome, moved); moved = false }; goto settle_it    /* its answer is lost: sent again */
  :: goto die
  fi;

late:
  /* step: lock-for-settlement */
  if
  :: atomic { !is_locked(c) -> settle_late(c, outcome); goto die }
  :: atomic { !is_locked(c) -> settle_late(c, outcome) }; goto late         /* its answer is lost: sent again */
  :: goto die
  fi;

give_back:
  /* A claim whose commit was not answered is not sent: it is given back by its id, or recovered. */
  /* step: find-claimed-messages */
  if
  :: atomic { c != orphan -> settle(c, O_RETURNED, moved) }
  :: goto die
  fi;

die:
  atomic { hang_up(c); c = 0; outcome = 0; moved = false; goto end_idle }
}

/* ---- An operator ----------------------------------------------------------------------------------------------- */

/* An answer says what became of each: of what it says that its fate is unknown, and of nothing else, the server may
   still accept bytes that it was given before the deadline. */
inline answer(paused) {
  is_paused = paused;
  for (k : 1 .. CLAIMS) {
#ifdef REPORT_BY_STATUS
    row = message_of[k];
    reported[k] = (is_paused || is_over) && (unaccounted[k] && status[row] == UNKNOWN)
#elif defined(REPORT_IN_FLIGHT_ONLY)
    reported[k] = (is_paused || is_over) && (unaccounted[k] && was_out[k])
#else
    reported[k] = (is_paused || is_over) && (unaccounted[k])
#endif
  }
  k = 0
}

inline list_in_flight() {
  /* step: list-in-flight */
#ifdef REPORT_IN_FLIGHT_ONLY
  for (k : 0 .. MESSAGES - 1) {
    if
    :: is_ahead(k) -> was_out[deadline[k]] = true
    :: else
    fi
  }
  k = 0
#else
  skip
#endif
}

#ifdef ONLY_SENDING_IS_OUT
#define is_out(m) (status[m] == SENDING)
#elif defined(NO_DEADLINE_WAIT)
#define is_out(m) (false)
#else
/* In whatever state: an unknown one has its deadline still; a sent one may be in flight a second time. */
#define is_out(m) (is_ahead(m) || status[m] == SENDING)
#endif

#ifdef NO_PAUSE_NUMBER
#define is_another false
#else
#define is_another (number != pause_number)
#endif

/* A completed campaign of which something is open again is paused. step: mark-reopened */
inline reopen() {
  if
  :: campaign == COMPLETED ->
#ifdef REOPENS_RUNNING
    campaign = RUNNING;
#else
    campaign = PAUSED;
#endif
    pause_number++
  :: else
  fi
}

byte calls;                     /* that were made */

proctype Operator(byte i) {
  byte number, standing, k;
  bool ignored;
#ifdef REPORT_IN_FLIGHT_ONLY
  bool was_out[CLAIMS + 1];
#endif

next:
  atomic {
    number = 0;
    standing = 0;
    waiting = waiting & (2 - i);
    if
    :: waiting == 0 -> pause_number = 0       /* nobody compares it any more */
    :: else
    fi;
  };
end_next:
  atomic {
    if
    :: calls < CALLS && (i == 0 || calls > 0) -> calls++      /* which is first is all one */
    :: goto done
    fi
  };
  /* Under the barrier, exclusive … */
  /* step: hold-barrier */
  if
  :: atomic { is_alone -> exclusive = true }
  :: atomic {
      /* Nothing leaves before resume has committed: more than `before it was called`. */
      is_alone ->
      if
      :: campaign == PAUSED || campaign == HEALTHLESS ->
        /* step: mark-resumed */
        campaign = resumed;
        answer(false)
      :: else
      fi;
      goto next
    }
  :: atomic {
      is_alone ->
      if
      :: campaign == COMPLETED -> goto next
      :: else
      fi;
      /* step: mark-cancelled */
      campaign = CALLED_OFF;
      list_in_flight();
      goto cancel
    }
#ifdef REQUEUE
  :: atomic {
      /* requeue: a person wants what has failed to be sent again, with all its retries. */
      is_alone && campaign != CALLED_OFF && campaign != WAITING && any_message(has_failed) ->
      reopen();
      /* step: requeue-messages */
      for (k : 0 .. MESSAGES - 1) {
        if
        :: has_failed(k) ->
          not_before[k] = (is_ahead(k) -> deadline[k] : 0);
          attempt[k] = 0;
          status[k] = PENDING;
          open_count++
        :: else
        fi
      }
      k = 0;
      assert(ledger_is_right);
      goto next
    }
#endif
#ifdef RESOLVE
  :: atomic {
      /* resolve-unknown --resend: a person wants what is unknown to be sent again. A campaign that was complete is then
         paused: a change into paused, so it takes the barrier. */
      is_alone && campaign != CALLED_OFF && any_message(is_unknown) ->
      reopen();
      /* step: resend-messages */
      for (k : 0 .. MESSAGES - 1) {
        if
        :: is_unknown(k) ->
#ifndef RESEND_WITHOUT_DEADLINE
          not_before[k] = (is_ahead(k) -> deadline[k] : 0);
#endif
          was_resent[k] = true;
          status[k] = PENDING;
          open_count++
        :: else
        fi
      }
      k = 0;
      assert(ledger_is_right);
      goto next
    }
#endif
  fi;

  /* Pause: … set paused and commit. */
  if
  :: atomic {
      true;
      if
      :: campaign == RUNNING || campaign == WAITING ->
        /* step: mark-paused */
        campaign = PAUSED;
        pause_number++
      :: campaign == PAUSED || campaign == HEALTHLESS ->
#ifdef SECOND_PAUSE_ANSWERS_AT_ONCE
        answer(true);
        exclusive = false;
        goto next
#endif
      :: else -> exclusive = false; goto next       /* refused with the state that it is in */
      fi;
      standing = campaign;
      number = pause_number;
      waiting = waiting | (1 + i);
      list_in_flight();
      exclusive = false
    }
  :: atomic { exclusive = false; goto done }        /* crash: rolled back */
  fi;
  /* Then wait until, in one snapshot, the pause is still this pause and no row has its deadline ahead; then answer. */
  do
  :: atomic {
      /* step: load-pause */
      if
      :: campaign == COMPLETED && !any_message(is_out) -> answer(true); break
      :: campaign != COMPLETED && (campaign != standing || is_another) -> break      /* say that instead */
      :: campaign == standing && !is_another && !any_message(is_out) ->
        /* The number matters where a campaign can fail without the barrier: HEALTH, NO_PAUSE_NUMBER. */
        answer(true);
        break
      fi
    }
  :: atomic { any_message(is_stuck) -> recover() }  /* whoever claimed it has stopped */
  :: goto done                                      /* crash */
  od;
  goto next;

cancel:
  do
  :: atomic { any_message(is_left_over) -> cancel_some() }
  :: !any_message(is_pending) -> break
  :: goto done
  od;
  do
  :: atomic { !any_message(is_out) -> is_over = true; answer(is_paused); break }
  :: atomic { any_message(is_stuck) -> recover() }
  :: goto done
  od;
  goto next;

done:
  skip
}

/* ---- The rest of the world ------------------------------------------------------------------------------------- */

/* The server takes what it was given, or does not, at any later time, whether or not we are still there. */
inline decide(c) {
  if
  :: wire[c] = (wire[c] == DOT -> TURNED_DOWN : NOTHING)
  :: wire[c] = (wire[c] == DOT -> ACCEPTED : NOTHING);
    /* Once a pause has answered: only bytes that were written before a deadline that has passed, of an attempt of
       which that very answer said that its fate is unknown. */
    assert(!(is_paused || is_over) || (passed[c] && reported[c]));
    row = message_of[c];
    accepted[row]++;
    /* Nothing is sent twice, unless it was sent again because the campaign said so. */
    assert(accepted[row] == 1 || was_resent[row])
  fi
}

#define is_out_there(c) (wire[c] == DOT || wire[c] == UNHEARD)

/* Mail server, clock and database: each does what it does at any time. */
proctype World() {
end:
  do
  :: atomic { is_out_there(1) -> decide(1) }
  :: atomic { claims >= 1 && !passed[1] -> passed[1] = true }
#if CLAIMS > 1
  :: atomic { is_out_there(2) -> decide(2) }
  :: atomic { claims >= 2 && !passed[2] -> passed[2] = true }
#endif
#if CLAIMS > 2
  :: atomic { is_out_there(3) -> decide(3) }
  :: atomic { claims >= 3 && !passed[3] -> passed[3] = true }
#endif
  :: atomic { orphan != 0 -> commit_claim(orphan); orphan = 0 }
  od
}

#ifdef HEALTH
/* Other messages of the campaign, which are not modelled, fail: so does it. That takes no barrier. */
proctype Health() {
  byte times;
end:
  do
  :: atomic {
      campaign == RUNNING && times < 2 ->
      times++;
      campaign = HEALTHLESS;
#ifndef FAILURE_KEEPS_NUMBER
      pause_number++
#endif
    }
  od
}
#endif

/* When nothing can happen any more: nothing is lost, and nothing is called what it is not. */
inline judge(m) {
  assert(status[m] != SENDING && !row_locked[m]);
  assert(status[m] != PENDING || campaign == PAUSED || campaign == HEALTHLESS
         || (campaign == RUNNING && is_due(m) && claims == CLAIMS));    /* the model has no more claims; a tick has */
  assert(accepted[m] == 0 || status[m] == SENT || status[m] == UNKNOWN || (status[m] == PENDING && is_unsure(m)))
}

init {
  /* step: mark-scheduled */
  /* step: write-ledger */
  /* step: mark-started */
  atomic {
    run Tick(0);
    run Tick(1);
    run Operator(0);
    run Operator(1);
#ifdef HEALTH
    run Health();
#endif
    run World()
  };
  atomic {
    timeout;
    judge(0);
#if MESSAGES > 1
    judge(1);
#endif
    assert(shared == 0 && !exclusive && ledger_is_right)
  }
}
