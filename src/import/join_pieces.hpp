#pragma once

#include "src/import/import_job.hpp"
#include "src/import/import_pieces.hpp"

namespace sslslr {

/// Writes the store of an import from its pieces, which must all exist. Only one rank calls it. If no frame
/// was read at all, it removes the pieces, because they would obstruct the next import.
/// @throws io::DataError  no frame was read, clips are left out although `strict` is set, or the disk is full
ImportSummary join_pieces(const io::Listing& listing, const ImportConfig& config, const ImportPieces& pieces,
                          const ImportHooks& hooks);

}  // namespace sslslr
