#include "io/tensors/checkpoint_file.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>

#include "io/file/data_error.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/sealed_file.hpp"
#include "io/hdf5/hdf5_input.hpp"
#include "io/hdf5/hdf5_output.hpp"

namespace sslslr::io {
namespace {

constexpr auto schema_attribute = "schema";
constexpr auto schema = "sslslr-checkpoint-1";
constexpr auto type_attribute = "dtype";

/// A type of tensors, PyTorch's name for it, and its type in the file. HDF5 has no bfloat16, and its bool is
/// an enumeration: both are stored as integers.
struct Element {
    at::ScalarType type;
    std::string_view name;
    hdf5::Type (*stored)();
};

constexpr std::array elements{
    Element{at::kFloat, "float32", [] { return hdf5::Type{H5Tcopy(H5T_IEEE_F32LE)}; }},
    Element{at::kDouble, "float64", [] { return hdf5::Type{H5Tcopy(H5T_IEEE_F64LE)}; }},
    Element{at::kHalf, "float16", [] { return hdf5::float16_type(); }},
    Element{at::kBFloat16, "bfloat16", [] { return hdf5::Type{H5Tcopy(H5T_STD_U16LE)}; }},
    Element{at::kLong, "int64", [] { return hdf5::Type{H5Tcopy(H5T_STD_I64LE)}; }},
    Element{at::kInt, "int32", [] { return hdf5::Type{H5Tcopy(H5T_STD_I32LE)}; }},
    Element{at::kByte, "uint8", [] { return hdf5::Type{H5Tcopy(H5T_STD_U8LE)}; }},
    Element{at::kBool, "bool", [] { return hdf5::Type{H5Tcopy(H5T_STD_U8LE)}; }},
};

void write_tensor(const hdf5::OutputFile& file, const std::string& name, const at::Tensor& given) {
    if (!given.defined()) {
        file.fail(name, "expected a tensor, found an undefined one");
    }
    const auto tensor = given.detach().cpu().contiguous();
    const auto element = std::ranges::find(elements, tensor.scalar_type(), &Element::type);
    if (element == elements.end()) {
        file.fail(name, std::string{"cannot store tensors of type "} + at::toString(tensor.scalar_type()));
    }
    const auto type = element->stored();
    auto dataset = file.create(name, type.id(), {tensor.sizes().begin(), tensor.sizes().end()});
    file.write_attribute(dataset, type_attribute, std::string{element->name});
    file.write(dataset, name, type.id(), tensor.const_data_ptr());
    file.finish(std::move(dataset), name);
}

at::Tensor read_tensor(const hdf5::InputFile& file, const std::string& name) {
    const auto attributes = file.attributes(name);
    const auto type_name = attributes.find(type_attribute);
    const auto element = type_name == attributes.end()
                             ? elements.end()
                             : std::ranges::find(elements, type_name->second, &Element::name);
    const auto dataset = file.dataset(name);
    if (element == elements.end() || H5Tequal(dataset.type.id(), element->stored().id()) <= 0) {
        file.fail(name,
                  "expected values of the type that its attribute dtype names, found " +
                      (type_name == attributes.end() ? "no such attribute" : "'" + type_name->second + "'"));
    }
    const std::vector<std::int64_t> sizes(dataset.shape.begin(), dataset.shape.end());
    auto tensor = at::empty(sizes, element->type);
    file.read(dataset, dataset.type.id(), tensor.mutable_data_ptr());
    return tensor;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const CheckpointFile& content) {
    AtomicFile target{path};
    {
        const auto alone = hdf5::exclusive_use();  // released before syncing: others may read
        hdf5::OutputFile file{target.temporary()};
        for (const auto& [name, text] : content.attributes) {
            file.write_attribute(name, text);
        }
        file.write_attribute(schema_attribute, schema);
        for (const auto& [name, tensor] : content.tensors) {
            write_tensor(file, name, tensor);
        }
        file.close();
    }
    seal(target.temporary());
    target.commit();
}

CheckpointFile read_checkpoint(const std::filesystem::path& path) {
    const auto alone = hdf5::exclusive_use();
    if (!verify(path)) {
        throw DataError{path,
                        "not a checkpoint: expected a file sealed by this program, found another HDF5 file"};
    }
    const hdf5::InputFile file{path};
    CheckpointFile content{.tensors = {}, .attributes = file.attributes()};
    if (content.attributes[schema_attribute] != schema) {
        throw DataError{path, "attribute schema: expected '" + std::string{schema} + "', found '" +
                                  content.attributes[schema_attribute] +
                                  "'; this is not a checkpoint of this release"};
    }
    content.attributes.erase(schema_attribute);
    for (const auto& name : file.datasets_under("/")) {
        content.tensors.emplace(name, read_tensor(file, name));
    }
    return content;
}

bool is_checkpoint(const std::filesystem::path& path) {
    try {
        return verify(path) && hdf5::InputFile{path}.attributes()[schema_attribute] == schema;
    } catch (const DataError&) {
        return false;  // the reader of another format reports the problem
    }
}

std::map<std::int64_t, std::filesystem::path> list_checkpoints(const std::filesystem::path& folder) {
    static const std::regex pattern{R"(step-(\d{9,18})\.h5)"};
    std::map<std::int64_t, std::filesystem::path> found;
    if (!std::filesystem::is_directory(folder)) {
        return found;
    }
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        std::smatch match;
        const auto name = entry.path().filename().string();
        if (entry.is_regular_file() && std::regex_match(name, match, pattern)) {
            found.emplace(std::stoll(match[1]), entry.path());
        }
    }
    return found;
}

std::filesystem::path checkpoint_name(std::int64_t step) {
    auto digits = std::to_string(step);
    digits.insert(0, digits.size() < 9 ? 9 - digits.size() : 0, '0');
    return "step-" + digits + ".h5";
}

}  // namespace sslslr::io
