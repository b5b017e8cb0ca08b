#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"

namespace sslslr::io {

/// What is to be imported and how it is read. Options that a format has no use for are not looked at.
struct CorpusOptions {
    std::string format{};           ///< one of native_formats() or python_formats()
    std::filesystem::path input{};  ///< folder or file
    std::string metadata{};  ///< file or folder that names labels, signers and splits; empty: none beside
                             ///< the format's own
    bool cut = true;         ///< to the first and last frames that metadata name (WLASL's)
    std::string metadata_kind = "auto";  ///< see metadata.hpp
    std::string poses = "auto";          ///< lsfb: "raw", "interpolated", or raw where there are any
    std::string point_order = "auto";    ///< npy, hdf5: see point_order.hpp
    std::string picture_size{};          ///< openpose: "WIDTHxHEIGHT" in pixels; empty: WLASL's, 256x256
    bool zero_is_missing = true;  ///< npy, hdf5: a part that is 0 or -1 throughout a frame was not detected
    std::string hand{};     ///< npy, hdf5, mp-data: "left" or "right", the hand of frames that hold one alone
    std::string missing{};  ///< npy, hdf5, mp-data: a number; a point whose x and y are this was not detected
    std::vector<std::string> program{};  ///< formats read by a program of its own: how it is started
};

/// Formats that this program reads itself, and those that need a Python reader.
const std::vector<std::string>& native_formats();
const std::vector<std::string>& python_formats();

/// Finds what there is to import and reads its metadata.
/// @throws DataError              the corpus is not laid out as its format says
/// @throws std::invalid_argument  no such format or option (names those there are)
std::unique_ptr<Corpus> open_corpus(const CorpusOptions& options);

// One function a format, for open_corpus(), which also applies the metadata that the options name.
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
