#include "tests/io/store_files.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <system_error>

#include <hdf5.h>
#include <stdlib.h>

#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/store/half.hpp"

namespace sslslr::io::test {
namespace {

void write_numbers(hid_t file, const char* name, const std::vector<std::int64_t>& values) {
    const hsize_t count = values.size();
    const hdf5::Space space{H5Screate_simple(1, &count, nullptr)};
    const hdf5::Dataset dataset{
        H5Dcreate2(file, name, H5T_STD_I32BE, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)};
    if (count > 0) {
        H5Dwrite(dataset.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
}

void write_names(hid_t file, const char* name, const std::vector<std::string>& names) {
    const hsize_t count = names.size();
    const hdf5::Space space{H5Screate_simple(1, &count, nullptr)};
    const auto type = hdf5::text_type(H5T_VARIABLE);
    const hdf5::Dataset dataset{
        H5Dcreate2(file, name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)};
    std::vector<const char*> pointers;
    std::ranges::transform(names, std::back_inserter(pointers), &std::string::c_str);
    H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data());
}

void write_attributes(hid_t file, const std::map<std::string, std::string>& attributes) {
    const hdf5::Space space{H5Screate(H5S_SCALAR)};
    const auto type = hdf5::text_type(H5T_VARIABLE);
    for (const auto& [name, value] : attributes) {
        const hdf5::Attribute attribute{
            H5Acreate2(file, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT)};
        const char* pointer = value.c_str();
        H5Awrite(attribute.id(), type.id(), &pointer);
    }
    const hdf5::Attribute rate{
        H5Acreate2(file, "frame_rate", H5T_IEEE_F64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT)};
    const double frames_per_second = 29.5;
    H5Awrite(rate.id(), H5T_NATIVE_DOUBLE, &frames_per_second);
}

void write_landmarks(hid_t file, const ClipIndex& index, bool is_compressed, const std::string& type_name,
                     const std::vector<float>& values) {
    std::vector<std::uint16_t> halves(values.size());
    std::ranges::transform(values, halves.begin(), half_of_float);
    const auto points = index.point_names.size();
    const auto coordinates = static_cast<hsize_t>(index.coordinates);
    const hdf5::Shape shape{values.size() / (points * coordinates), points, coordinates};
    const hdf5::Space space{H5Screate_simple(3, shape.data(), nullptr)};
    const hdf5::Properties creation{H5Pcreate(H5P_DATASET_CREATE)};
    if (is_compressed) {
        const hdf5::Shape chunk{3, points, coordinates};
        H5Pset_chunk(creation.id(), 3, chunk.data());
        H5Pset_deflate(creation.id(), 6);
    }
    const auto half = hdf5::float16_type();
    const bool is_half = type_name == "float16";
    const auto type = is_half ? half.id() : type_name == "float64" ? H5T_IEEE_F64BE : H5T_STD_I16LE;
    const hdf5::Dataset dataset{
        H5Dcreate2(file, "landmarks", type, space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT)};
    H5Dwrite(dataset.id(), is_half ? half.id() : H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
             is_half ? static_cast<const void*>(halves.data()) : values.data());
}

void write_foreign_values(const std::filesystem::path& path, const ClipIndex& index, bool is_compressed,
                          const std::string& type, const std::vector<float>& values) {
    const hdf5::FileHandle file{H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)};
    auto attributes = index.attributes;
    attributes.insert({{"schema", "sslslr-clips"}, {"version", "1"}});
    write_attributes(file.id(), attributes);
    for (const auto* group : {"clips", "splits"}) {
        const hdf5::Group made{H5Gcreate2(file.id(), group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)};
    }
    write_numbers(file.id(), "clips/offset", index.offsets);
    write_numbers(file.id(), "clips/label", index.labels);
    write_numbers(file.id(), "clips/signer", index.signers);
    write_numbers(file.id(), "clips/id", index.ids);
    write_names(file.id(), "labels", index.label_names);
    write_names(file.id(), "signers", index.signer_names);
    write_names(file.id(), "points", index.point_names);
    for (const auto& [name, clips] : index.splits) {
        write_numbers(file.id(), ("splits/" + name).c_str(), clips);
    }
    write_landmarks(file.id(), index, is_compressed, type, values);
}

}  // namespace

ClipIndex sample_index() {
    ClipIndex index;
    index.offsets = {0, 3, 3, 7, 8, 10};
    index.labels = {0, 2, -1, 1, 0};
    index.signers = {0, 1, 1, -1, 0};
    index.ids = {70, 71, 72, 73, 74};
    index.label_names = {"tea", "coffee", "ni\u00f1o"};
    index.signer_names = {"S01", "S02"};
    index.point_names = {"pose.nose", "pose.left_shoulder", "pose.right_shoulder", "left_hand.wrist"};
    index.splits = {{"test", {4}}, {"train", {2, 0}}};
    index.attributes = {{"coordinates", "x,y"},
                        {"fps", "30"},
                        {"language", "none"},
                        {"licence", "CC0"},
                        {"source", "a test"}};
    index.coordinates = 2;
    return index;
}

std::vector<float> sample_values(const ClipIndex& index) {
    const auto per_frame = index.point_names.size() * static_cast<std::size_t>(index.coordinates);
    std::vector<float> values(static_cast<std::size_t>(index.frames()) * per_frame);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = i % 9 == 4 ? std::numeric_limits<float>::quiet_NaN()
                               : 0.125F * static_cast<float>(i % 4096) - 1.0F;
    }
    return values;
}

ClipSource source_of(const ClipIndex& index, std::vector<float> values) {
    const auto per_frame = static_cast<std::int64_t>(index.point_names.size()) * index.coordinates;
    return [offsets = index.offsets, per_frame, values = std::move(values)](std::int64_t clip,
                                                                            std::span<float> out) {
        const auto first = values.begin() + offsets[static_cast<std::size_t>(clip)] * per_frame;
        std::copy_n(first, out.size(), out.begin());
    };
}

void write_sample(const std::filesystem::path& path, const ClipIndex& index, StoreLayout layout) {
    write_store(path, index, source_of(index, sample_values(index)), layout);
}

void write_foreign(const std::filesystem::path& path, const ClipIndex& index, bool is_compressed,
                   const std::string& type) {
    write_foreign_values(path, index, is_compressed, type, sample_values(index));
}

void write_foreign(const std::filesystem::path& path, const ClipIndex& index, bool is_compressed,
                   const std::vector<float>& values) {
    write_foreign_values(path, index, is_compressed, "float16", values);
}

std::vector<float> read_all(const ClipStore& store) {
    const auto& index = store.index();
    std::vector<float> values(static_cast<std::size_t>(index.frames() * index.coordinates) *
                              index.point_names.size());
    store.read(0, index.clips(), values);
    return values;
}

bool same_values(const std::vector<float>& a, const std::vector<float>& b) {
    return std::ranges::equal(a, b,
                              [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const DataError& error) {
        return as_options(error.what());
    }
    return "no DataError";
}

std::string error_of_opening(const std::filesystem::path& path) {
    return error_of([&] { ClipStore::open({path.string()}); });
}

void flip_bit(const std::filesystem::path& path, std::uint64_t byte, unsigned bit) {
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    file.seekg(static_cast<std::streamoff>(byte));
    const auto changed = static_cast<char>(file.get() ^ (1U << bit));
    file.seekp(static_cast<std::streamoff>(byte));
    file.put(changed);
}

}  // namespace sslslr::io::test
