// Export: marks what the shared library shows. Everything else is hidden.
#ifndef TACHO_EXPORT_H_
#define TACHO_EXPORT_H_

#if defined(TACHO_STATIC_DEFINE) || !defined(__GNUC__)
#define TACHO_EXPORT
#else
#define TACHO_EXPORT __attribute__((visibility("default")))
#endif

#endif  // TACHO_EXPORT_H_
