/* claims: how long the product's own claim takes, and its own look at what is due.
 *
 *     claims STEPS CAMPAIGN SENDER LIMIT COUNT
 *
 * STEPS is the folder sql/steps. Sends the statements of a claim as tick does (unnamed, with parameters, in one
 * pipeline; Sources/Ledger/Claim.swift), COUNT times, and rolls each back, so that every one finds the same rows due. Before each
 * claim it runs load-work, in a transaction of its own. The first two rounds warm the caches and are not told.
 * Prints a line for each of the others: microseconds of the claim, microseconds of the look. The time of a claim is from
 * before its first byte is sent until its last row is here; the end of the transaction is not in it.
 *
 * Environment: DATABASE_URL, CAMPANILE_SCHEMA. A claim that does not get LIMIT messages is an error.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static PGconn *connection;

static void fail(const char *what) {
  fprintf(stderr, "claims: %s: %s\n", what, PQerrorMessage(connection));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static char *step(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.sql", folder, name);
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    exit(1);
  }
  char *text = calloc(1, 1 << 20);
  if (fread(text, 1, (1 << 20) - 1, file) == 0) exit(1);
  fclose(file);
  return text;
}

static void put(const char *sql, int count, const char *const *values) {
  if (!PQsendQueryParams(connection, sql, count, NULL, values, NULL, NULL, 0)) fail("sending");
}

/* Takes the answers to `count` statements, and gives the rows of the last; then the answer to the Sync. */
static int take(int count) {
  int rows = 0;
  for (int i = 0; i < count; i++) {
    PGresult *result = PQgetResult(connection);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail("a statement");
    rows = PQntuples(result);
    PQclear(result);
    if ((result = PQgetResult(connection))) fail("more than one result");
  }
  PGresult *sync = PQgetResult(connection);
  if (PQresultStatus(sync) != PGRES_PIPELINE_SYNC) fail("no end of the pipeline");
  PQclear(sync);
  return rows;
}

static void sync_now(void) {
  if (!PQpipelineSync(connection)) fail("sending");
}

static char *ask(const char *sql, const char *name) {
  PGresult *result = PQexecParams(connection, sql, 1, NULL, &name, NULL, NULL, 0);
  if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) fail(name);
  char *answer = strdup(PQgetvalue(result, 0, 0));
  PQclear(result);
  return answer;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fputs("claims STEPS CAMPAIGN SENDER LIMIT COUNT\n", stderr);
    return 64;
  }
  const char *schema = getenv("CAMPANILE_SCHEMA");
  char *prologue = step(argv[1], "prologue"), *barrier = step(argv[1], "try-barrier");
  char *leads = step(argv[1], "lock-due-leads"), *messages = step(argv[1], "claim-messages"), *work = step(argv[1], "load-work");
  int count = atoi(argv[5]), limit = atoi(argv[4]);

  connection = PQconnectdb(getenv("DATABASE_URL"));
  if (PQstatus(connection) != CONNECTION_OK) fail("connecting");
  char set[256];
  snprintf(set, sizeof set, "set search_path = %s", schema);
  PQclear(PQexec(connection, set));
  char *campaign = ask("select id from campaigns where name = $1", argv[2]);
  char *number = ask("select number from campaigns where name = $1", argv[2]);
  char *sender_id = ask("select id from senders where name = $1", argv[3]);
  PQclear(PQexec(connection, "reset search_path"));

  if (!PQenterPipelineMode(connection)) fail("pipeline");
  for (int i = -2; i < count; i++) {
    double began = now();
    put("begin isolation level read committed", 0, NULL);
    put(prologue, 1, (const char *[]){schema});
    put(work, 0, NULL);
    sync_now();
    take(3);
    double looked = now() - began;
    put("rollback", 0, NULL);
    sync_now();
    take(1);

    char id[37];
    snprintf(id, sizeof id, "00000000-0000-4000-8000-%012d", i + 2);
    began = now();
    put("begin isolation level read committed", 0, NULL);
    put(prologue, 1, (const char *[]){schema});
    put(barrier, 1, (const char *[]){number});
    put(leads, 8, (const char *[]){campaign, sender_id, argv[4], "0", NULL, NULL, NULL, NULL});
    put(messages, 2, (const char *[]){id, "60 seconds"});
    sync_now();
    int rows = take(5);
    double claimed = now() - began;
    put("rollback", 0, NULL);
    sync_now();
    take(1);
    if (rows != limit) {
      fprintf(stderr, "claims: %d messages instead of %d\n", rows, limit);
      return 1;
    }
    if (i >= 0) printf("%.0f %.0f\n", claimed, looked);
  }
  PQfinish(connection);
  return 0;
}
