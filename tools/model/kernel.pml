/* The kernel of Needletail: mailboxes, batons, published rounds, gates and leases, on two shards with three workers.

   What is modelled, statement by statement, is Mailbox.push and pop, Baton, and Worker's submit, drain, hand-over,
   lease, borrowing, and a worker that is occupied by a body that takes long; every load, store, exchange and compare-and-swap is one step, and all workers interleave freely. Memory is
   sequentially consistent here; that the program's orderings suffice is argued in docs/kernel.md.

   A scenario is chosen by -DSCENARIO=n, a deliberate mistake by -DNO_LOOK_AGAIN and the like (see `check`). */

#define SHARDS 2
#define WORKERS 3
#define SLOTS 8          /* pushes to one mailbox in one execution, the stub's included */
#define STUB 15
#define NONE 14

#define FREE 0
#define HELD 1
#define WANTED 2

#define PARTS 0
#define LEASE 1
#define LEASE_AT_ORIGIN 2

#define LEASES_SERIALISE 1
#define PIPELINED_READER 2
#define SINGLE_READER 3
#define HAND_OVER 4
#define LEASES_AND_ROUNDS 5
#define AT_ORIGIN 6
#define DIRECT_LEASE 7
#define OCCUPIED 8
#define BORROWED 9

#define LONG 0           /* OCCUPIED: the batch whose body takes long, of worker 0, on shard 0 */
#define MEANWHILE 3      /* what a client of worker 0 sends meanwhile */

/* A mailbox is the sequence of exchanges on its tail; `linked` is the second half of a push. */
byte sequence[SHARDS * SLOTS];
bit linked[SHARDS * SLOTS];
byte head[SHARDS];
byte tail[SHARDS];
byte baton[SHARDS];
bit gate[SHARDS];
bit handed[SHARDS];
bit running[SHARDS];

/* Batches: their number is their place here; a batch has at most one message a shard. */
#define BATCHES 4
bit wants[BATCHES * SHARDS];
bit writes[BATCHES * SHARDS];
byte kind[BATCHES];
byte origin[BATCHES];
bit published[BATCHES];
byte outstanding[BATCHES];
bit parked[BATCHES];
bit done[BATCHES];

/* What the batches do: a cell a shard, set by writers and read by the others; and the order of execution. */
bit cell[SHARDS];
bit result[BATCHES * SHARDS];
byte position[BATCHES * SHARDS];
byte executed[SHARDS];

byte firstBatch[WORKERS + 1];
byte handOvers;
/* Worker 0 is in the middle of a long body; batches of which it has refused a part, and those not executed for it. */
bit occupied;
bit refusedPart[BATCHES];
bit refused[BATCHES];

/* Which shard has the flag; the other has the data. With 0 the flag's message is pushed before the data's. */
#ifndef FLAG
#define FLAG 0
#endif

#define AT(s, i) ((s) * SLOTS + (i))
#define OF(b, s) ((b) * SHARDS + (s))
#define IS_EMPTY(s) (sequence[AT(s, head[s])] == STUB && tail[s] == head[s])

inline push(s, item) {
    atomic { tail[s]++; slot = tail[s]; assert(slot < SLOTS - 1); sequence[AT(s, slot)] = item };
    atomic { linked[AT(s, slot)] = 1; slot = 0 }
}

/* Takes the first message into `got`, or NONE. For the holder of the baton, to whom `head` belongs. */
inline pop(s) {
    atomic {
        got = NONE;
        next = linked[AT(s, head[s] + 1)];
        whole = (sequence[AT(s, head[s])] != STUB);
        if
        :: !whole && next ->
            head[s]++;
            /* The stub is passed; what follows it is looked at in a step of its own. */
            whole = 2
        :: else
        fi
    };
    if
    :: whole == 2 -> atomic { next = linked[AT(s, head[s] + 1)]; whole = 1 }
    :: else
    fi;
    if
    :: whole ->
#ifndef NO_PUBLISHED
        whole = published[sequence[AT(s, head[s])]];
#endif
        if
        :: whole && !next ->
            if
            :: tail[s] != head[s] -> whole = 0
            :: else -> push(s, STUB); atomic { next = linked[AT(s, head[s] + 1)]; whole = next }
            fi
        :: else
        fi;
        atomic {
            if
            :: whole -> got = sequence[AT(s, head[s])]; head[s]++
            :: else
            fi;
            next = 0; whole = 0
        }
    :: else
    fi
}

inline effect(b, s) {
    if
    :: writes[OF(b, s)] -> cell[s] = 1
    :: else -> result[OF(b, s)] = cell[s]
    fi;
    executed[s]++;
    position[OF(b, s)] = executed[s]
}

/* One part on its shard: two steps, so that a second worker on the same shard would be caught. */
inline runPart(b, s) {
    atomic { assert(!running[s]); running[s] = 1 };
    atomic { effect(b, s); running[s] = 0 }
}

inline runBody(b) {
    atomic { assert(!running[0] && !running[1]); running[0] = 1; running[1] = 1 };
    atomic { effect(b, 0); effect(b, 1); running[0] = 0; running[1] = 0; done[b] = 1 }
}

inline takeOrMark(s) {
    if
    :: atomic { baton[s] == FREE -> baton[s] = HELD; taken = 1 }
    :: else -> atomic { taken = (baton[s] == FREE); baton[s] = WANTED }
    fi
}

/* Gives back the baton: `taken` becomes 0, or stays 1 when somebody marked it. */
inline release(s) {
#ifdef NO_LOOK_AGAIN
    atomic { baton[s] = FREE; taken = 0 }
#else
    if
    :: atomic { baton[s] == HELD -> baton[s] = FREE; taken = 0 }
    :: else -> atomic { baton[s] = HELD; taken = 1 }
    fi
#endif
}

/* The baton first, then the flag: whoever sees the flag can have the baton. */
inline handOver(s) {
#ifdef FLAG_BEFORE_RELEASE
    handed[s] = 1; baton[s] = FREE
#else
    baton[s] = FREE; handed[s] = 1
#endif
}

inline finishPart(b) {
    atomic { outstanding[b]--; if :: outstanding[b] == 0 -> done[b] = 1 :: else fi }
}

/* The gates go up in ascending order. */
inline pushAll(b) {
    outstanding[b] = wants[OF(b, 0)] + wants[OF(b, 1)];
#ifndef NO_GATES
    if
    :: outstanding[b] > 1 -> atomic { gate[0] == 0 -> gate[0] = 1 }; atomic { gate[1] == 0 -> gate[1] = 1 }
    :: else
    fi;
#endif
    if
    :: wants[OF(b, 0)] -> push(0, b)
    :: else
    fi;
    if
    :: wants[OF(b, 1)] -> push(1, b)
    :: else
    fi;
#ifndef NO_GATES
    if
    :: wants[OF(b, 0)] && wants[OF(b, 1)] -> gate[0] = 0; gate[1] = 0
    :: else
    fi;
#endif
    published[b] = 1
}

/* An occupied worker runs no shard: whose baton it gets it hands over. */
inline serveOccupied(b, s) {
    if
    :: wants[OF(b, s)] ->
        takeOrMark(s);
        if
        :: taken -> taken = 0; handOver(s)
        :: else
        fi
    :: else
    fi
}

/* A body that does not end before what a client of the same worker wants of another shard is done. */
inline runLong() {
    atomic { assert(!running[0]); running[0] = 1; occupied = 1 };
#ifndef NO_GIVING_AWAY
    do
    :: heldCount > 0 -> atomic { heldCount--; got = held[heldCount]; held[heldCount] = 0 }; handOver(got)
    :: else -> break
    od;
#endif
    pushAll(MEANWHILE);
    serveOccupied(MEANWHILE, 1);
    /* What wants its shard is refused. */
    do
    :: done[MEANWHILE] -> break
    :: !IS_EMPTY(0) ->
        pop(0);
        if
        :: got == NONE
        :: got != NONE && kind[got] == PARTS -> atomic { refused[got] = 1; finishPart(got) }
        :: else ->
            refusedPart[got] = 1;
            atomic { outstanding[got]--; last = (outstanding[got] == 0) };
            if
            :: last ->
                atomic { last = 0; refused[got] = 1; done[got] = 1 };
#ifndef REFUSED_LEASE_KEEPS_ITS_SHARDS
                handOver(1)
#endif
            :: else
            fi
        fi
    od;
    atomic { effect(LONG, 0); running[0] = 0; occupied = 0; got = 0 };
    finishPart(LONG)
}

inline hold(s) { atomic { held[heldCount] = s; heldCount++; taken = 0 } }

/* With batons in `held`: until all are given back or parked. */
inline drainAll() {
    do
    :: heldCount == 0 -> break
    :: else ->
        atomic { heldCount--; shard = held[heldCount]; held[heldCount] = 0 };
        do
        :: true ->
            pop(shard);
            if
            :: got == NONE ->
                release(shard);
                if
                :: taken == 0 -> break
                :: else -> taken = 0
                fi
#if SCENARIO == OCCUPIED
            :: got == LONG -> runLong()
            :: got != NONE && got != LONG && kind[got] == PARTS ->
#else
            :: got != NONE && kind[got] == PARTS ->
#endif
                runPart(got, shard);
                finishPart(got)
            :: else ->
                atomic { outstanding[got]--; last = (outstanding[got] == 0) };
                if
                :: !last -> break
                :: last && kind[got] == LEASE_AT_ORIGIN && origin[got] != me -> parked[got] = 1; break
#if SCENARIO == OCCUPIED
                /* The other shard is in the hands of who has refused. */
                :: last && refusedPart[got] -> atomic { last = 0; refused[got] = 1; done[got] = 1 }
#endif
                :: else -> last = 0; runBody(got); hold(1 - shard)
                fi
            fi
#if SCENARIO == HAND_OVER
            ;
            /* Anywhere between two messages the holder may have had enough. */
            if
            :: handOvers > 0 && got != NONE ->
                if
                :: atomic { handOvers > 0 -> handOvers-- };
                    handOver(shard); break
                :: true
                fi
            :: else
            fi
#endif
        od
    od;
    atomic { got = 0; shard = 0; last = 0; taken = 0 }
}

inline serve(b, s) {
    if
    :: wants[OF(b, s)] ->
        takeOrMark(s);
        if
        :: taken -> hold(s); drainAll()
        :: else
        fi
    :: else
    fi
}

inline submit(b) {
    pushAll(b);
    serve(b, 0);
    serve(b, 1)
}

inline giveBack(s) {
    release(s);
    if
    :: taken -> hold(s); drainAll()
    :: else
    fi
}

/* A part that wants one shard is executed in place when the baton is free and nothing is queued. */
inline tryDirect(b, s) {
    if
    :: atomic { baton[s] == FREE -> baton[s] = HELD };
        if
#ifndef NO_EMPTY_CHECK
        :: !IS_EMPTY(s) -> hold(s); drainAll()
#endif
        :: else ->
            runPart(b, s);
            done[b] = 1;
            giveBack(s)
        fi
    :: else
    fi
}

/* A lease takes its batons directly when both are free and nothing is queued, and when nothing has come to the first
   while the second was taken: what came may have been run on the second already. */
inline tryDirectLease(b) {
    if
    :: atomic { baton[0] == FREE -> baton[0] = HELD };
        if
        :: IS_EMPTY(0) ->
            if
            :: atomic { baton[1] == FREE -> baton[1] = HELD };
                if
                :: IS_EMPTY(1) ->
                    if
#ifndef NO_SECOND_LOOK
                    :: !IS_EMPTY(0) -> skip
#endif
                    :: else -> runBody(b)
                    fi;
                    giveBack(0);
                    giveBack(1)
                :: else -> hold(1); drainAll(); giveBack(0)
                fi
            :: else -> giveBack(0)
            fi
        :: else -> hold(0); drainAll()
        fi
    :: else
    fi
}

/* A moment's work on a shard that is free and has nothing queued; what comes meanwhile is its home's. */
inline borrow(s) {
    if
    :: atomic { baton[s] == FREE -> baton[s] = HELD };
        if
        :: IS_EMPTY(s) -> atomic { assert(!running[s]); running[s] = 1 }; running[s] = 0
        :: else
        fi;
        release(s);
        if
        :: taken ->
            taken = 0;
#ifdef BORROWER_FORGETS
            baton[s] = FREE
#else
            handOver(s)
#endif
        :: else
        fi
    :: else
    fi
}

/* Handed over shards are looked after by their home, and while that is occupied by all others. */
#if SCENARIO == OCCUPIED
#ifdef NO_CARETAKER
#define LOOKS_AFTER(worker, shard) (worker == 0)
#else
#define LOOKS_AFTER(worker, shard) (worker == 0 || occupied)
#endif
#else
#define LOOKS_AFTER(worker, shard) (worker == shard)
#endif
#if SCENARIO == HAND_OVER || SCENARIO == OCCUPIED || SCENARIO == BORROWED
#define HANDS_OVER
#endif

inline serveHandOver(s) {
    handed[s] = 0;
    takeOrMark(s);
    if
    :: taken -> hold(s); drainAll()
    :: else
    fi
}

proctype worker(byte me) {
    byte batch = firstBatch[me];
    byte got, slot, shard, heldCount;
    byte held[2];
    bit next, taken, last;
    byte whole;
    do
    :: batch < firstBatch[me + 1] ->
        if
#if SCENARIO == DIRECT_LEASE
        :: kind[batch] == LEASE -> tryDirectLease(batch)
#endif
#if SCENARIO == BORROWED
        :: me == 2 -> borrow(0); done[batch] = 1
#endif
#if SCENARIO < OCCUPIED && SCENARIO != HAND_OVER && SCENARIO != DIRECT_LEASE && SCENARIO != LEASES_AND_ROUNDS
        :: kind[batch] == PARTS && wants[OF(batch, 0)] && !wants[OF(batch, 1)] -> tryDirect(batch, 0)
#endif
#if SCENARIO == SINGLE_READER
        :: kind[batch] == PARTS && wants[OF(batch, 1)] && !wants[OF(batch, 0)] -> tryDirect(batch, 1)
#endif
        :: else
        fi;
        if
        :: !done[batch] -> submit(batch)
        :: else
        fi;
        /* Asleep until the round is complete; a lease that must run here, or a hand-over, wakes it too. */
        do
        :: done[batch] -> break
#if SCENARIO == AT_ORIGIN
        :: parked[batch] -> parked[batch] = 0; runBody(batch); hold(0); hold(1); drainAll()
#endif
#ifdef HANDS_OVER
        :: handed[0] && LOOKS_AFTER(me, 0) -> serveHandOver(0)
        :: handed[1] && LOOKS_AFTER(me, 1) -> serveHandOver(1)
#endif
        od;
        batch++
    :: else -> break
    od;
#ifdef HANDS_OVER
end:
    do
    :: handed[0] && LOOKS_AFTER(me, 0) -> serveHandOver(0)
    :: handed[1] && LOOKS_AFTER(me, 1) -> serveHandOver(1)
    od
#else
    skip
#endif
}

/* Batches `a` and `b` that share both shards stand in the same order in both. */
#define SAME_ORDER(a, b) \
    ((position[OF(a, 0)] < position[OF(b, 0)]) == (position[OF(a, 1)] < position[OF(b, 1)]))

inline define(number, owner, what, wantsFirst, wantsSecond) {
    origin[number] = owner; kind[number] = what; wants[OF(number, 0)] = wantsFirst; wants[OF(number, 1)] = wantsSecond
}

inline owners(ofSecond, ofThird, count) {
    firstBatch[1] = ofSecond; firstBatch[2] = ofThird; firstBatch[3] = count
}

init {
    byte s;
    /* Where the flag is decides whether the data's push or the flag's comes first. */
    atomic {
        for (s : 0 .. SHARDS - 1) { sequence[AT(s, 0)] = STUB }
#if SCENARIO == LEASES_SERIALISE
        owners(1, 2, 3); define(0, 0, LEASE, 1, 1); define(1, 1, LEASE, 1, 1); define(2, 2, PARTS, 1, 0)
#elif SCENARIO == PIPELINED_READER
        owners(1, 2, 3); define(0, 0, PARTS, 1, 1); define(1, 1, PARTS, 1, 1); define(2, 2, PARTS, 1, 0);
        writes[OF(0, 0)] = 1; writes[OF(0, 1)] = 1
#elif SCENARIO == SINGLE_READER
        owners(1, 3, 4); define(0, 0, PARTS, 1, 1); writes[OF(0, 0)] = 1; writes[OF(0, 1)] = 1;
        define(1, 1, PARTS, FLAG == 0, FLAG == 1); define(2, 1, PARTS, FLAG == 1, FLAG == 0);
#if FLAG == 0
        define(3, 2, PARTS, 0, 1)
#else
        /* Pushed in the order of the program: easier, and with two workers alone. */
        firstBatch[3] = 3; done[3] = 1
#endif
#elif SCENARIO == HAND_OVER
        handOvers = 2;
        owners(1, 2, 2); define(0, 0, PARTS, 1, 1); define(1, 1, LEASE, 1, 1); done[2] = 1
#elif SCENARIO == LEASES_AND_ROUNDS
        owners(1, 2, 2); define(0, 0, LEASE, 1, 1); define(1, 1, PARTS, 1, 1); done[2] = 1
#elif SCENARIO == DIRECT_LEASE
        owners(1, 2, 2); define(0, 0, LEASE, 1, 1); define(1, 1, PARTS, 1, 1); done[2] = 1
#elif SCENARIO == OCCUPIED
        owners(1, 2, 2); define(LONG, 0, PARTS, 1, 0); define(1, 1, LEASE, 1, 1); define(MEANWHILE, 0, PARTS, 0, 1);
        done[2] = 1
#elif SCENARIO == BORROWED
        owners(1, 2, 3); define(0, 0, PARTS, 1, 1); define(1, 1, LEASE, 1, 1)
#elif SCENARIO == AT_ORIGIN
        owners(1, 2, 3); define(0, 0, LEASE_AT_ORIGIN, 1, 1); define(1, 1, LEASE, 1, 1); define(2, 2, PARTS, 1, 0)
#endif
        for (s : 0 .. WORKERS - 1) { run worker(s) }
    }
    /* Reached only when every batch has been executed; a lost message or a deadlock ends the run before it. */
    done[0] && done[1] && done[2];
#if SCENARIO == SINGLE_READER
    done[3];
    /* Who has seen the flag sees the data. */
    assert(!result[OF(1, FLAG)] || result[OF(2, 1 - FLAG)])
#elif SCENARIO == PIPELINED_READER
    assert(result[OF(1, 0)] == result[OF(1, 1)]);
    assert(SAME_ORDER(0, 1))
#elif SCENARIO == OCCUPIED
    done[MEANWHILE];
    assert(!refused[LONG] && !refused[MEANWHILE])
#else
    assert(SAME_ORDER(0, 1))
#endif
}
