#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"

namespace sslslr::io {

/// What lists state about the clips of a corpus.
struct Metadata {
    struct Entry {
        std::string clip;   ///< name or end of a name: "signer1_rep1/glosses0000" or "glosses0000"
        std::string where;  ///< "train.csv, row 5", for messages
        std::optional<std::string> label{};   ///< nothing: the list has no labels; empty: unlabelled
        std::optional<std::string> signer{};  ///< likewise; empty: unknown
        std::vector<std::string> splits{};
        double fps = 0;
        std::int64_t first_frame = 0;
        std::int64_t end_frame = -1;
    };
    /// Another column that may name the clips.
    struct OtherNames {
        std::string column;
        std::vector<std::string> names;  ///< one per entry
    };
    std::vector<Entry> entries{};
    std::string column{};  ///< column of the entries' names, if there are other names
    std::vector<OtherNames> other_names{};
    std::vector<std::string> labels{};  ///< in the list's order, if it has one
    std::vector<std::string> notes{};   ///< one sentence each, for the user
    /// Whether the clips' names state label and signer (LSA64: sign_signer_repetition).
    bool names_tell = false;
    std::map<std::string, std::string> label_names{};  ///< LSA64: number to word
};

/// Returns the kinds of metadata:
///   lsfb         a folder with instances.csv and metadata/ (LSFB-ISOL v2; splits by id)
///   lsa64        names SSS_GGG_RRR; the words of the signs from a file of lines "01, Opaque, R" or
///                "01|Opaque|R"
///   gsl          {train,val,test}_greek_iso.csv, without header: path|gloss
///   asl-citizen  {train,val,test}.csv with the columns Participant ID, Video file, Gloss
///   wlasl        WLASL_v0.3.json or a subset of it: glosses, splits, signers, first and last frames; or
///                nslt_*.json, the same without signers; the words from wlasl_class_list.txt in its folder
///   csv          a header with clip (or id, name, file, path) and any of label, signer, split, fps
std::vector<std::string> metadata_kinds();

/// Reads metadata.
/// @param kind  one of metadata_kinds(), or "auto": recognised by the names and first lines of the files
/// @throws DataError              missing, not of that kind, or of no known kind
/// @throws std::invalid_argument  there is no such kind
Metadata read_metadata(const std::filesystem::path& path, const std::string& kind);

/// Fills in labels, signers and splits of the clips that the metadata name (see ClipMatcher). A clip with
/// several entries for different frames becomes several clips, named NAME#FIRST-LAST. Equal entries count
/// once. Clips without an entry, and entries without a clip, are noted.
/// @param path  of the metadata, for messages
/// @return for each clip of the new listing, its number in the old one
/// @throws DataError  entries contradict each other, a name could mean several clips, or no clip is named
std::vector<std::size_t> apply_metadata(Metadata metadata, const std::filesystem::path& path,
                                        Listing& listing);

}  // namespace sslslr::io
