/* query.h - words of our own catalog queries.
 *
 * Nothing in them is looked up through search_path, operators included: where a role's search_path
 * names another schema before pg_catalog, a bare "=" could be anyone's. For the same reason there is
 * no IN, no simple CASE and no USING, which all stand for a bare "=". No backslash either: what it
 * means depends on standard_conforming_strings. */
#ifndef NIXIE_CATALOG_QUERY_H
#define NIXIE_CATALOG_QUERY_H

#define OP(name) " OPERATOR(pg_catalog." name ") "
#define EQ OP("=")
#define IS_ONE_OF(chars) EQ "ANY ('" chars "'::pg_catalog.\"char\"[])"
#define CLASS_OF(name) "'pg_catalog." name "'::pg_catalog.regclass"

#endif
