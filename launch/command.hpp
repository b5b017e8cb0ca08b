#pragma once

#include "src/run/ranks.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Fills the options' fields, or prints their help on rank 0.
/// @return false if help was requested, so that nothing is left to do
bool read_or_help(Options& options, Arguments arguments, const Ranks& ranks);

// The subcommands. They are collective: every rank calls the same one. Each returns an ExitCode.

int prepare(Arguments arguments, const Ranks& ranks);
int extract(Arguments arguments, const Ranks& ranks);
int repack(Arguments arguments, const Ranks& ranks);
int merge(Arguments arguments, const Ranks& ranks);
int split(Arguments arguments, const Ranks& ranks);
int pretrain(Arguments arguments, const Ranks& ranks);
int evaluate(Arguments arguments, const Ranks& ranks);
int embed(Arguments arguments, const Ranks& ranks);
int export_encoder(Arguments arguments, const Ranks& ranks);
int study(Arguments arguments, const Ranks& ranks);
int boundary(Arguments arguments, const Ranks& ranks);
int inspect(Arguments arguments, const Ranks& ranks);
int doctor(Arguments arguments, const Ranks& ranks);
int bench(Arguments arguments, const Ranks& ranks);

/// Prints the version, the code identity and the versions of the libraries.
int version(const Ranks& ranks);

}  // namespace sslslr
