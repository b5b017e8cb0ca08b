#include "io/store/training_clips.hpp"

#include <algorithm>

#include "io/file/data_error.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/sealed_file.hpp"
#include "io/hdf5/hdf5_input.hpp"
#include "io/hdf5/hdf5_output.hpp"

namespace sslslr::io {
namespace {

constexpr auto schema_attribute = "schema";
constexpr auto schema = "sslslr-training-clips-1";
constexpr auto data_attribute = "data";
constexpr std::size_t points = printed_points.size();

std::vector<std::string> point_names() {
    return {printed_points.begin(), printed_points.end()};
}

void write_numbers(const hdf5::OutputFile& file, const std::string& name, const hdf5::Shape& shape,
                   const std::vector<std::uint32_t>& values) {
    auto dataset = file.create(name, H5T_STD_U32LE, shape);
    file.write(dataset, name, H5T_NATIVE_UINT32, values.data());
    file.finish(std::move(dataset), name);
}

std::vector<std::uint32_t> read_numbers(const hdf5::InputFile& file, const std::string& name,
                                        const hdf5::Shape& shape) {
    const auto dataset = file.dataset(name);
    if (dataset.shape != shape || H5Tget_class(dataset.type.id()) != H5T_INTEGER) {
        file.fail(name, "expected whole numbers, one for each clip, or for each point of each clip");
    }
    std::vector<std::uint32_t> values(dataset.values);
    file.read(dataset, H5T_NATIVE_UINT32, values.data());
    return values;
}

}  // namespace

void write_training_clips(const std::filesystem::path& path, const TrainingClips& clips) {
    std::vector<std::uint32_t> frames;
    std::vector<std::uint32_t> trajectories;
    for (const auto& print : clips.prints) {
        frames.push_back(print.frames);
        trajectories.insert(trajectories.end(), print.trajectories.begin(), print.trajectories.end());
    }
    const std::vector<std::uint32_t> numbers(clips.numbers.begin(), clips.numbers.end());
    const auto alone = hdf5::exclusive_use();
    AtomicFile target{path};
    hdf5::OutputFile file{target.temporary()};
    file.write_attribute(schema_attribute, schema);
    file.write_attribute(data_attribute, clips.data);
    write_numbers(file, "/number", {numbers.size()}, numbers);
    write_numbers(file, "/frames", {frames.size()}, frames);
    write_numbers(file, "/trajectories", {frames.size(), points}, trajectories);
    file.write_texts("/points", point_names());
    file.close();
    seal(target.temporary());
    target.commit();
}

TrainingClips read_training_clips(const std::filesystem::path& path) {
    const auto alone = hdf5::exclusive_use();
    if (!verify(path)) {
        throw DataError{path, "expected a file sealed by this program, found another HDF5 file"};
    }
    const hdf5::InputFile file{path};
    auto attributes = file.attributes();
    if (attributes[schema_attribute] != schema || file.texts("/points") != point_names()) {
        throw DataError{path, "attribute schema: expected '" + std::string{schema} + "', found '" +
                                  attributes[schema_attribute] + "', or other /points"};
    }
    const auto clips = file.dataset("/number").shape;
    if (clips.size() != 1) {
        file.fail("/number", "expected one number for each clip");
    }
    const auto numbers = read_numbers(file, "/number", clips);
    const auto frames = read_numbers(file, "/frames", clips);
    const auto trajectories = read_numbers(file, "/trajectories", {clips[0], points});
    TrainingClips read{
        .data = attributes[data_attribute], .numbers{numbers.begin(), numbers.end()}, .prints{}};
    read.prints.resize(numbers.size());
    for (std::size_t clip = 0; clip < numbers.size(); ++clip) {
        read.prints[clip].frames = frames[clip];
        std::copy_n(trajectories.begin() + static_cast<std::ptrdiff_t>(clip * points), points,
                    read.prints[clip].trajectories.begin());
    }
    return read;
}

}  // namespace sslslr::io
