#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"

namespace sslslr::io {

/// What a corpus's own lists say of its clips.
struct Metadata {
    struct Entry {
        std::string clip;   ///< name, or the end of one: "glosses0000" or "signer1_rep1/glosses0000"
        std::string where;  ///< "train.csv, row 5", for messages
        std::optional<std::string> label{};   ///< nothing: the list has no labels; empty: unlabelled
        std::optional<std::string> signer{};  ///< likewise; empty: unknown
        std::vector<std::string> splits{};
        double fps = 0;
        std::int64_t first_frame = 0;
        std::int64_t end_frame = -1;
    };
    /// A further column by which the entries may name their clips.
    struct OtherNames {
        std::string column;
        std::vector<std::string> names;  ///< one an entry
    };
    std::vector<Entry> entries{};
    std::string column{};  ///< where the entries' names stand, if there are other names
    std::vector<OtherNames> other_names{};
    std::vector<std::string> labels{};  ///< in the list's own order, if it has one
    std::vector<std::string> notes{};   ///< for the user, each a sentence
    /// Whether clips carry label and signer in their names (LSA64: sign_signer_repetition).
    bool names_tell = false;
    std::map<std::string, std::string> label_names{};  ///< LSA64: number to word
};

/// Kinds of metadata:
///   lsfb         a folder with instances.csv and metadata/ (LSFB-ISOL v2; splits by id)
///   lsa64        names SSS_GGG_RRR; with a file of lines "01, Opaque, R" or "01|Opaque|R" the signs' words
///   gsl          {train,val,test}_greek_iso.csv, without header: path|gloss
///   asl-citizen  {train,val,test}.csv with the columns Participant ID, Video file, Gloss
///   wlasl        WLASL_v0.3.json or a subset of it: glosses, splits, signers, first and last frames; or nslt_*.json,
///                the same without signers, with wlasl_class_list.txt beside it for the words
///   csv          a header with clip (or id, name, file, path) and any of label, signer, split, fps
std::vector<std::string> metadata_kinds();

/// @param kind  one of metadata_kinds(), or "auto": recognised by the names and first lines of the files
/// @throws DataError  not of that kind, or of none
Metadata read_metadata(const std::filesystem::path& path, const std::string& kind);

/// Fills labels, signers and splits of the clips that the metadata name (see clip_matcher.hpp). Entries that name one
/// clip with different frames make several clips of it, called NAME#FIRST-LAST; equal entries count once. What has no
/// partner is noted.
/// @param path  of the metadata, for messages
/// @return for each clip of the listing its number before
/// @throws DataError  entries contradict each other, a name could mean several clips, or no clip is named
std::vector<std::size_t> apply_metadata(Metadata metadata, const std::filesystem::path& path,
                                        Listing& listing);

}  // namespace sslslr::io
