#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/corpus/corpus.hpp"
#include "io/hdf5/foreign_trial.hpp"
#include "io/hdf5/hdf5_input.hpp"

namespace sslslr::io {

/// Groups in which OpenHands stores clips, and the visibility of their points.
inline constexpr auto keypoints_group = "/keypoints";
inline constexpr auto visibility_group = "/visibility";

/// A clip of an HDF5 file.
struct Hdf5Clip {
    std::string name{};                  ///< name within the file; empty if the file is one clip
    std::string dataset{};               ///< path of its landmarks in the file
    std::optional<std::string> label{};  ///< as stated in the file; nothing if not stated
    std::string signer{};
    double fps = 0;
};

/// What can be imported from an HDF5 file. Names and messages do not contain the file's name.
struct Hdf5Contents {
    std::vector<Hdf5Clip> clips{};
    std::vector<LeftOut> left_out{};  ///< objects, by their paths
    std::vector<std::string> notes{};
};

/// Finds the clips of a file and reads each once. Clips that cannot be read are left out. Call it in a child
/// process (see try_files()): libhdf5 may crash on a damaged file.
///
/// A clip is a dataset of numbers with two or more dimensions. A group is a clip of the group's name if it
/// holds one such array together with a label, signer or frame rate, or if it holds only one array with a
/// usual name of landmarks. Labels, signers and frame rates are datasets, or attributes of the dataset or of
/// a group above it, of one text or one number. OpenHands files have one dataset per clip below /keypoints.
/// @param renew  called at each group and each clip
/// @throws DataError  the file cannot be listed, or is a clip store, complete or without its attributes
Hdf5Contents contents_of(const hdf5::InputFile& file, const RenewLimits& renew);

/// Returns the numbers of a dataset, in C order.
/// @throws DataError  it has other values, cannot be read, or was not completely written
std::vector<float> floats_of(const hdf5::InputFile& file, const hdf5::InputDataset& dataset);

}  // namespace sslslr::io
