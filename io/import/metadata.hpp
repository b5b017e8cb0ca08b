#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/import/corpus.hpp"

namespace sslslr::io {

/// What a corpus's own lists say of its clips.
struct Metadata {
    struct Entry {
        std::string
            clip;  ///< name, or the end of one: "glosses0000" or "police1_signer1_rep1_glosses/glosses0000"
        std::string label{};
        std::string signer{};
        std::vector<std::string> splits{};
        double fps = 0;
        std::int64_t first_frame = 0;
        std::int64_t end_frame = -1;
    };
    std::vector<Entry> entries{};
    std::vector<std::string> labels{};  ///< in the list's own order, if it has one
    /// Whether clips carry label and signer in their names (LSA64: sign_signer_repetition).
    bool names_tell = false;
    std::map<std::string, std::string> label_names{};  ///< LSA64: number to word
};

/// Kinds of metadata:
///   lsfb         a folder with instances.csv and metadata/ (LSFB-ISOL v2; splits by id)
///   lsa64        names SSS_GGG_RRR; with a file of lines "01, Opaque, R" or "01|Opaque|R" the signs' words
///   gsl          {train,val,test}_greek_iso.csv, without header: path|gloss
///   asl-citizen  {train,val,test}.csv with the columns Participant ID, Video file, Gloss
///   wlasl        WLASL_v0.3.json or a subset of it: glosses, splits, signers, first and last frames
///   csv          a header with clip (or id, name, file, path) and any of label, signer, split, fps
std::vector<std::string> metadata_kinds();

/// @param kind  one of metadata_kinds(), or "auto": told by the names and first lines of the files
/// @throws DataError  not of that kind, or of none
Metadata read_metadata(const std::filesystem::path& path, const std::string& kind);

/// Fills labels, signers and splits of the clips that the metadata name: by full name, else by the last part
/// of the path, without extension. What has no partner is noted, or left out of the listing's splits.
void apply_metadata(const Metadata& metadata, const std::filesystem::path& path, Listing& listing);

}  // namespace sslslr::io
