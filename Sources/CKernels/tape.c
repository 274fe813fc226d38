/* What a tape keeps for each thread. */
#include "ckernels.h"

#include <stddef.h>

static _Thread_local int gradient_off;
int *bt_gradient_off(void) { return &gradient_off; }

static _Thread_local void *letting_go;
void **bt_letting_go(void) { return &letting_go; }
