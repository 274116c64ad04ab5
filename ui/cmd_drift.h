/* cmd_drift.h - nixie describe --drift. */
#ifndef UI_CMD_DRIFT_H
#define UI_CMD_DRIFT_H

#include "open.h"

/* Writes what differs, of one model where one is named. Returns the exit status; link->err may say why. */
int ui_drift(ui_link *link);

#endif
