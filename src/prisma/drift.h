/* drift.h - what comparing needs besides. */
#ifndef NIXIE_PRISMA_DRIFT_H
#define NIXIE_PRISMA_DRIFT_H

#include "overlay.h"

/* May the field stand over a column (or elements) of this type? `labels`: it is an enum. */
bool nx_drift_same_kind(const nx_psl_field *field, const char *type, bool labels);

#endif
