#pragma once

#include "src/import/import_job.hpp"
#include "src/import/import_pieces.hpp"

namespace sslslr {

/// Writes the store of an import from its pieces, by one rank, when all of them are there. Pieces in which no frame was
/// read are removed: they would only be in the way of the next import.
/// @throws io::DataError  no frame was read, clips are left out and `strict` asks for all, or the disk is full
ImportSummary join_pieces(const io::Listing& listing, const ImportConfig& config, const ImportPieces& pieces,
                          const ImportHooks& hooks);

}  // namespace sslslr
