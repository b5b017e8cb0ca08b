#include "src/export/encoder_script.hpp"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/jit/frontend/resolver.h>

#include "src/export/description.hpp"
#include "src/export/encoder_source.hpp"

namespace sslslr {
namespace {

namespace jit = torch::jit;

constexpr auto name_space = "__torch__.sslslr";

/// Those lines of encoder.py that are TorchScript.
std::string script_source() {
    const auto& source = encoder_source();
    const auto begin = source.find("# TorchScript begins");
    const auto end = source.find("# TorchScript ends");
    TORCH_CHECK(begin < end && end != std::string::npos,
                "encoder.py: the marks around its TorchScript are gone");
    return source.substr(begin, end - begin);
}

/// Knows the function `represent`, beside PyTorch's own.
class RepresentResolver final : public jit::Resolver {
public:
    explicit RepresentResolver(jit::StrongFunctionPtr represent) : represent_{std::move(represent)} {}

    std::shared_ptr<jit::SugaredValue> resolveValue(const std::string& name, jit::GraphFunction& function,
                                                    const jit::SourceRange& place) override {
        return name == "represent" ? std::make_shared<jit::FunctionValue>(represent_)
                                   : jit::nativeResolver()->resolveValue(name, function, place);
    }

private:
    jit::StrongFunctionPtr represent_;
};

std::vector<std::string> parts_of(const std::string& dotted) {
    std::vector<std::string> parts;
    std::istringstream stream{dotted};
    for (std::string part; std::getline(stream, part, '.');) {
        parts.push_back(part);
    }
    return parts;
}

/// Registers a tensor under its dotted name, with the modules on the way to it.
void add(const jit::Module& root, const std::shared_ptr<jit::CompilationUnit>& unit, const std::string& name,
         const torch::Tensor& tensor) {
    auto module = root;
    auto parts = parts_of(name);
    const auto last = parts.back();
    parts.pop_back();
    for (const auto& part : parts) {
        if (!module.hasattr(part)) {
            module.register_module(
                part, jit::Module{c10::QualifiedName{std::string{name_space} + ".Part"}, unit, true});
        }
        module = module.attr(part).toModule();
    }
    module.register_parameter(last, tensor.detach().clone().set_requires_grad(tensor.requires_grad()),
                              /*is_buffer=*/!tensor.requires_grad());
}

/// self.blocks.0.norm, which is no name in TorchScript, as it reads it.
std::string member(const std::string& dotted) {
    std::string expression = "self";
    for (const auto& part : parts_of(dotted)) {
        expression = fmt::format("getattr({}, \"{}\")", expression, part);
    }
    return expression;
}

}  // namespace

jit::Module scripted_encoder(const EncoderConfig& config, const NamedTensors& weights) {
    auto unit = std::make_shared<jit::CompilationUnit>();
    unit->define(c10::QualifiedName{name_space}, script_source(), jit::nativeResolver(), nullptr);
    auto* const represent = &unit->get_function(c10::QualifiedName{name_space, "represent"});

    jit::Module module{c10::QualifiedName{name_space, "Encoder"}, unit};
    module.register_attribute("training", c10::BoolType::get(), false);
    std::vector<std::string> entries;
    for (const auto& [name, tensor] : weights) {
        add(module, unit, name, tensor);
        entries.push_back(fmt::format("\"{}\": {}", name, member(name)));
    }
    const auto description = description_of(config);
    module.define(
        fmt::format("def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:\n"
                    "    weights = {{{}}}\n"
                    "    return represent(frames, lengths, weights, {}, \"{}\")\n",
                    fmt::join(entries, ", "), config.heads, description["pooling"].get<std::string>()),
        std::make_shared<RepresentResolver>(jit::StrongFunctionPtr{unit, represent}));
    return module;
}

}  // namespace sslslr
