#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"

namespace sslslr::io {

/// What to import, and how to read it. Options that do not apply to the format are ignored.
struct CorpusOptions {
    std::string format{};           ///< one of native_formats() or python_formats()
    std::filesystem::path input{};  ///< folder or file
    std::string metadata{};         ///< file or folder that names labels, signers and splits; empty: only the
                                    ///< format's own lists
    bool cut = true;                ///< cut clips to the first and last frames that metadata name (WLASL)
    std::string metadata_kind = "auto";  ///< see read_metadata()
    std::string poses = "auto";          ///< lsfb: "raw", "interpolated" or "auto", raw if present
    std::string point_order = "auto";    ///< npy, hdf5: see point_order()
    std::string picture_size{};          ///< openpose: "WIDTHxHEIGHT" in pixels; empty: 256x256, as in WLASL
    bool zero_is_missing = true;         ///< npy, hdf5: a part that is 0 or -1 throughout a frame is missing
    std::string hand{};     ///< npy, hdf5, mp-data: "left" or "right", if frames hold one hand only
    std::string missing{};  ///< npy, hdf5, mp-data: number; a point whose x and y equal it is missing
    std::vector<std::string> program{};  ///< command line of an external reader, if the format needs one
};

/// Returns the formats that this program reads itself, and those that need a Python reader.
const std::vector<std::string>& native_formats();
const std::vector<std::string>& python_formats();

/// Finds the clips to import and reads their metadata.
/// @throws DataError              the corpus is not laid out as its format requires, or has no clips
/// @throws std::invalid_argument  unknown format or option value (names the known ones)
std::unique_ptr<Corpus> open_corpus(const CorpusOptions& options);

// One opener per format, for open_corpus(), which also applies the metadata that the options name.
std::unique_ptr<Corpus> open_lsfb(const CorpusOptions& options);
std::unique_ptr<Corpus> open_mp_data(const CorpusOptions& options);
std::unique_ptr<Corpus> open_pose(const CorpusOptions& options);
std::unique_ptr<Corpus> open_asl_citizen(const CorpusOptions& options);
std::unique_ptr<Corpus> open_spoter(const CorpusOptions& options);
std::unique_ptr<Corpus> open_npy(const CorpusOptions& options);
std::unique_ptr<Corpus> open_openpose(const CorpusOptions& options);
std::unique_ptr<Corpus> open_hdf5(const CorpusOptions& options);
std::unique_ptr<Corpus> open_with_python(const CorpusOptions& options);

}  // namespace sslslr::io
