/* select-one: the floor under an empty tick. Connects to the database of DATABASE_URL, selects 1, and ends.
 *
 * infra/bench links it with the libraries that tick is linked with: most of what a small program costs is
 * the work of the dynamic linker, and a floor that leaves libcurl out is not one that tick could reach.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  const char *url = getenv("DATABASE_URL");
  PGconn *connection = PQconnectdb(url ? url : "");
  if (PQstatus(connection) != CONNECTION_OK) {
    fputs(PQerrorMessage(connection), stderr);
    return 1;
  }
  PGresult *result = PQexec(connection, "select 1");
  if (PQresultStatus(result) != PGRES_TUPLES_OK || strcmp(PQgetvalue(result, 0, 0), "1") != 0) {
    fputs(PQerrorMessage(connection), stderr);
    return 1;
  }
  PQclear(result);
  PQfinish(connection);
  return 0;
}
