/* crc.h - CRC-32C (Castagnoli, RFC 3720 B.4): finds what a disk or an accident did to a line. */
#ifndef NIXIE_CRC_H
#define NIXIE_CRC_H

#include <stddef.h>
#include <stdint.h>

uint32_t nx_crc32c(const void *bytes, size_t len);

#endif
