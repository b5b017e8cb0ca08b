#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"
#include "io/hdf5/foreign_trial.hpp"
#include "io/hdf5/hdf5_input.hpp"

namespace sslslr::io {

/// Groups in which OpenHands keeps clips, and what it saw of them.
inline constexpr auto keypoints_group = "/keypoints";
inline constexpr auto visibility_group = "/visibility";

/// A clip of an HDF5 file.
struct Hdf5Clip {
    std::string name{};                  ///< within the file; empty: the file is the clip
    std::string dataset{};               ///< path of its landmarks
    std::optional<std::string> label{};  ///< as the file states it; nothing if it states none
    std::string signer{};
    double fps = 0;
};

/// What there is to import of an HDF5 file. Names and texts do not name the file.
struct Hdf5Contents {
    std::vector<Hdf5Clip> clips{};
    std::vector<LeftOut> left_out{};  ///< by their paths
    std::vector<std::string> notes{};
};

/// Finds the clips of a file and reads each once: what libhdf5 does not survive ends this process, and what it cannot read
/// is left out.
///
/// A clip is a dataset of numbers of two or more dimensions. A group that holds a label, signer or frame rate beside one
/// array of numbers is a clip, too, of the group's name; so is one that holds nothing but "landmarks", or another name of
/// them. Labels, signers and rates are datasets, or attributes of the dataset or of a group above it: one text or one
/// number each. Files of OpenHands hold a dataset per clip below /keypoints.
/// @param renew  called at each clip
/// @throws DataError  the file cannot be listed, or is a clip store, whole or without its attributes
Hdf5Contents contents_of(const hdf5::InputFile& file, const RenewLimits& renew);

/// The numbers of a dataset, in C order.
/// @throws DataError  it holds something else, cannot be read, or was never written
std::vector<float> floats_of(const hdf5::InputFile& file, const hdf5::InputDataset& dataset);

}  // namespace sslslr::io
